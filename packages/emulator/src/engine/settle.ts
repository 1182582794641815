import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { place } from './grant.js'
import { select } from './selection.js'

/** The scopes that Scalekit's documents use. */
export const supportedScopes = ['openid', 'profile', 'email', 'offline_access'] as const

/** Signs the person in on the spot when the browser's session allows it; refuses what can never work. */
export async function settleWithoutPage(environment: Environment, ctx: KoaContextWithOIDC): Promise<void> {
  const { params } = ctx.oidc
  if (params === undefined) return
  const asked = new Set(String(ctx.query.scope ?? '').split(' '))
  params.granted_scope = supportedScopes.filter((scope) => asked.has(scope)).join(' ')
  // An invitation is for somebody in particular, whoever the session belongs to: that needs a page.
  if (params.invitation_token !== undefined) return

  const session = environment.sessions.ofCookie(ctx.cookies.get(environment.cookieName))
  const { directory, settings } = environment
  const selection = select({ params, session, directory, settings, now: now() })
  if (selection.kind === 'refused') throw new errors.CustomOIDCProviderError(selection.error, selection.description)
  if (selection.kind === 'organization' && params.prompt === 'none') {
    throw new errors.CustomOIDCProviderError('interaction_required', 'an organization has to be chosen')
  }
  if (selection.kind !== 'grant' || session === undefined || ctx.oidc.session === undefined) return

  const entry = { organizationId: selection.organization.id, clientId: String(params.client_id) }
  environment.sessions.enter(session.id, entry)
  place(ctx, { organizationId: entry.organizationId, sid: session.id })
  ctx.oidc.session.loginAccount({
    accountId: session.userId,
    amr: [...session.amr],
    loginTs: session.authenticatedAt,
    transient: true,
  })
}
