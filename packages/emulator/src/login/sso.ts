import { now } from '../clock.js'
import { connectionOfDomain, domainOf, requiredConnection } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import { idpCookie } from '../server/cookie.js'
import { notice } from '../server/notice.js'
import { pageHeaders } from '../server/page-headers.js'
import type { Organization } from '../state/directory.js'
import type { IdpSession } from '../state/idp-sessions.js'
import { refuse, type Step, signedIn } from './finish.js'
import { type Interaction, selectionOf } from './interaction.js'
import { guessedName, outcomes, ssoPage } from './pages.js'

/** A login at an organization's identity provider. */
export interface SsoLogin {
  readonly organization: Organization
  readonly connectionId: string
  readonly email: string
}

/** Whom an identity provider vouches for, and since when they are signed in there. */
interface Assertion {
  readonly email: string
  readonly givenName?: string
  readonly familyName?: string
  readonly authenticatedAt?: number
}

/**
 * The connection that a login goes through: of the chosen organization that insists on it, else the one asked for,
 * else the one that the e-mail domain belongs to.
 */
export function ssoLogin(environment: Environment, interaction: Interaction, email: string): SsoLogin | undefined {
  const { directory } = environment
  const chosen = directory.organization(interaction.proven?.organizationId ?? '')
  const connectionId = chosen === undefined ? undefined : requiredConnection(chosen, directory)
  if (chosen !== undefined && connectionId !== undefined) {
    return { organization: chosen, connectionId, email: email || (emailOf(environment, interaction) ?? '') }
  }
  const selection = selectionOf(environment, interaction)
  if (selection.kind === 'sso') return { ...selection.target, email: email || selection.target.email }
  const found = connectionOfDomain(domainOf(email), directory)
  return found === undefined ? undefined : { ...found, email }
}

/** The identity provider: its page, or, for somebody who is signed in there, its answer at once. */
export function showSso(step: Step, login: SsoLogin): Response | Promise<Response> {
  const idpSession = idpSessionFor(step, login)
  if (idpSession !== undefined) return vouch(step, login, idpSession)
  return step.c.body(ssoPage(step.environment, step.interaction, login), 200, pageHeaders('form'))
}

/** The identity provider's answer: a person, or an error code, which goes to the app's callback. */
export async function postSso(step: Step): Promise<Response> {
  const { environment, interaction, c } = step
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
  const names = { givenName: field('given_name') || 'Sam', familyName: field('family_name') || 'Single' }
  return vouch(step, login, { email, ...names })
}

/** A person whom the identity provider vouches for joins the organization just in time. */
async function vouch(step: Step, { organization, connectionId }: SsoLogin, assertion: Assertion): Promise<Response> {
  const { environment, interaction } = step
  const { directory } = environment
  const { email, authenticatedAt } = assertion
  const known = directory.userByEmail(email)
  // Scalekit would ask people of other domains for an e-mail code. Here their session has to have proven the address,
  // or an identity provider could sign in other domains' people.
  const isProven = known !== undefined && emailOf(environment, interaction) === known.email
  const isOwn = directory.domains.ownedBy(organization.id).includes(domainOf(email))
  if (!isOwn && !(isProven && directory.isMember(known.id, organization.id))) {
    return refuse(step, 'invalid_user_domain', 'the e-mail address is outside the domains of the organization')
  }
  const { givenName = guessedName(email), familyName = 'Single' } = assertion
  const user = known ?? directory.addUser({ email, givenName, familyName })
  directory.join(user.id, organization.id, now())
  const when = authenticatedAt === undefined ? {} : { authenticatedAt }
  return signedIn(step, { userId: user.id, amr: [connectionId], proof: 'now', ...when }, organization)
}

/** The session at the identity provider, unless the request wants a newer login or another person. */
function idpSessionFor({ environment, interaction, c }: Step, login: SsoLogin): IdpSession | undefined {
  const { prompt, max_age } = interaction.params
  const found = environment.idpSessions.find(idpCookie(c, environment), login.connectionId)
  if (found === undefined || prompt?.split(' ').includes('login')) return undefined
  if (max_age !== undefined && now() - found.authenticatedAt > Number(max_age)) return undefined
  return login.email === '' || login.email.toLowerCase() === found.email ? found : undefined
}

/** The address of whoever this login, or else the browser's session, is about. */
function emailOf({ directory }: Environment, { proven, session }: Interaction): string | undefined {
  return directory.user(proven?.userId ?? session?.userId ?? '')?.email
}
