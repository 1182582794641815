import { connectionOfDomain, domainOf } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import { notice } from '../server/notice.js'
import type { Organization } from '../state/directory.js'
import { refuse, type Step, signedIn } from './finish.js'
import { type Interaction, selectionOf } from './interaction.js'
import { outcomes } from './pages.js'

/** A login at an organization's identity provider. */
export interface SsoLogin {
  readonly organization: Organization
  readonly connectionId: string
  readonly email: string
}

/** The connection that a login goes through: the one asked for, else the one that the e-mail domain belongs to. */
export function ssoLogin(environment: Environment, interaction: Interaction, email: string): SsoLogin | undefined {
  const selection = selectionOf(environment, interaction)
  if (selection.kind === 'sso') {
    const { organization, connectionId } = selection.target
    return { organization, connectionId, email: email === '' ? selection.target.email : email }
  }
  const found = connectionOfDomain(domainOf(email), environment.directory)
  return found === undefined ? undefined : { ...found, email }
}

/**
 * The identity provider's answer. A person it vouches for joins the organization just in time; an error code goes
 * to the app's callback.
 */
export async function postSso(step: Step): Promise<Response> {
  const { environment, interaction, c } = step
  const { directory } = environment
  const form = await c.req.parseBody()
  const field = (name: string) => String(form[name] ?? '').trim()
  const outcome = outcomes.find((code) => code === field('outcome'))
  if (outcome !== undefined) return refuse(step, outcome, 'simulated by the SSO simulator')

  const email = field('email').toLowerCase()
  const login = ssoLogin(environment, interaction, email)
  if (login === undefined) {
    return notice({
      status: 400,
      title: 'No connection',
      code: 'domain_not_found',
      detail: 'No organization signs in with this domain.',
    })
  }
  // Scalekit would add an e-mail code here; without one, an identity provider could sign in other domains' people.
  if (!login.organization.domains.includes(domainOf(email))) {
    return refuse(step, 'invalid_user_domain', 'the e-mail address is outside the domains of the organization')
  }
  const user =
    directory.userByEmail(email) ??
    directory.addUser({ email, givenName: field('given_name') || 'Sam', familyName: field('family_name') || 'Single' })
  directory.join(user.id, login.organization.id)
  return signedIn(step, user.id, [login.connectionId], login.organization)
}
