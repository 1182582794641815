import { connectionOfDomain, domainOf } from '../engine/selection.js'
import { renderInvitation } from '../pages/index.js'
import { pageHeaders } from '../server/page-headers.js'
import type { Invitation } from '../state/invitations.js'
import { type Step, signedIn } from './finish.js'
import { openInvitation } from './interaction.js'
import { guessedName, loginPage } from './pages.js'

/** A login that came by an invitation: for the invited address, or, when it is too late, an ordinary one. */
export function showInvitation(step: Step): Response {
  const { environment, interaction, c } = step
  const { directory } = environment
  const invitation = openInvitation(environment, interaction)
  if (invitation === undefined) return c.body(tooLate(step), 200, pageHeaders('form'))
  const { email, organizationId, roles } = invitation
  const html = renderInvitation({
    action: `/login/${interaction.id}/invitation`,
    cancelAction: `/login/${interaction.id}/cancel`,
    clientName: interaction.client.name,
    organizationName: directory.organization(organizationId)?.name ?? organizationId,
    email,
    roles,
    ...(directory.userByEmail(email) === undefined ? { names: { given: guessedName(email), family: 'Invited' } } : {}),
  })
  return c.body(html, 200, pageHeaders('form'))
}

/** The invited person logs in, or signs up, which accepts the invitation; an SSO address has to go through its SSO. */
export async function postInvitation(step: Step): Promise<Response> {
  const { environment, interaction, c } = step
  const { directory } = environment
  const invitation = openInvitation(environment, interaction)
  if (invitation === undefined) return c.body(tooLate(step), 400, pageHeaders('form'))
  const { email } = invitation
  if (connectionOfDomain(domainOf(email), directory) !== undefined) {
    return c.redirect(`/login/${interaction.id}/sso?${new URLSearchParams({ email })}`, 303)
  }
  const user = directory.userByEmail(email) ?? (await signUp(step, invitation))
  return signedIn(step, { userId: user.id, amr: [directory.connectionOf({})], proof: 'now' })
}

async function signUp({ environment, c }: Step, { email }: Invitation) {
  const form = await c.req.parseBody()
  const field = (name: string) => String(form[name] ?? '').trim()
  const names = { givenName: field('given_name') || guessedName(email), familyName: field('family_name') || 'Invited' }
  return environment.directory.addUser({ email, ...names })
}

function tooLate({ environment, interaction }: Step): string {
  const error = 'This invitation is unknown, expired or already used. You can log in without it.'
  return loginPage(environment, interaction, { error })
}
