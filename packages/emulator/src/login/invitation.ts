import { connectionOfDomain, domainOf } from '../engine/selection.js'
import { renderInvitation } from '../pages/index.js'
import { pageHeaders } from '../server/page-headers.js'
import type { User } from '../state/directory.js'
import type { Invitation } from '../state/invitations.js'
import { fullNameOf } from '../state/people.js'
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
    ...(isNameless(directory.userByEmail(email)) ? { names: { given: guessedName(email), family: 'Invited' } } : {}),
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
  const user = await invited(step, invitation)
  return signedIn(step, { userId: user.id, amr: [directory.connectionOf({})], proof: 'now' })
}

/** The account of the invited address; whoever was invited without a name gives one now. */
async function invited({ environment, c }: Step, { email }: Invitation): Promise<User> {
  const { directory } = environment
  const known = directory.userByEmail(email)
  if (known !== undefined && !isNameless(known)) return known
  const form = await c.req.parseBody()
  const field = (name: string) => String(form[name] ?? '').trim()
  const names = { givenName: field('given_name') || guessedName(email), familyName: field('family_name') || 'Invited' }
  if (known === undefined) return directory.addUser({ email, ...names })
  directory.people.update(known.id, { ...names, emailVerified: true })
  return { ...known, ...names }
}

function isNameless(user: User | undefined): boolean {
  return user === undefined || fullNameOf(user) === ''
}

function tooLate({ environment, interaction }: Step): string {
  const error = 'This invitation is unknown, expired or already used. You can log in without it.'
  return loginPage(environment, interaction, { error })
}
