import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { notice } from '../server/notice.js'
import type { Client } from '../state/directory.js'
import type { Invitation } from '../state/invitations.js'
import { initiateLoginUrl } from './address.js'

/** Logins that begin neither at the app nor at an identity provider: a bookmark, and a link in an e-mail. */
export function initiateRoutes(environment: Environment): Hono {
  const app = new Hono()
  // A bookmarked login page: nobody knows any more for which app it was.
  app.get('/login', (c) => toApp(c, environment.firstClient))
  app.get('/invitations/:id', (c) => {
    const invitation = environment.invitations.findOpen(c.req.param('id'))
    const client = environment.directory.client(invitation?.clientId ?? '')
    if (invitation === undefined || client === undefined) return tooLate(environment)
    return toApp(c, client, invitationParams(environment, invitation))
  })
  return app
}

/** Names that Scalekit does not document and no standard uses. */
function invitationParams({ settings }: Environment, { id, organizationId }: Invitation): Record<string, string> {
  const organization = settings.invitationNamesOrganization ? { organization_id: organizationId } : {}
  return { invitation_token: id, ...organization }
}

function toApp(c: Context, client: Client, params: Record<string, string> = {}): Response {
  const url = initiateLoginUrl(client, params)
  c.header('cache-control', 'no-store')
  if (url !== undefined) return c.redirect(url, 302)
  const detail = `${client.name} has registered no initiate login URI.`
  return notice({ status: 404, title: 'Where to?', code: 'no_initiate_login_uri', detail })
}

function tooLate(environment: Environment): Response {
  const detail = 'This invitation is unknown, expired or already used. You can log in without it.'
  const href = initiateLoginUrl(environment.firstClient)
  const link = href === undefined ? {} : { link: { href, label: 'Go to the app' } }
  return notice({ status: 404, title: 'Invitation not valid', code: 'invalid_invitation', detail, ...link })
}
