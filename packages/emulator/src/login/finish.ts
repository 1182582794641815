import type { Engine } from '../engine/engine.js'
import type { Placement } from '../engine/grant.js'
import { notMember, select } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import { endSession } from '../logout/end-session.js'
import { setSessionCookie } from '../server/cookie.js'
import { remark } from '../server/remarks.js'
import type { Organization } from '../state/directory.js'
import type { Session } from '../state/sessions.js'
import type { Interaction, NodeContext } from './interaction.js'

/** Everything that a step of a login needs. */
export interface Step {
  readonly environment: Environment
  readonly engine: Engine
  readonly c: NodeContext
  readonly interaction: Interaction
}

/** Who enters an organization, and whether that was proven on these pages or by the browser's session. */
export interface Login {
  readonly userId: string
  readonly amr: readonly string[]
  readonly organization: Organization
  readonly proof: 'now' | 'session'
}

/** Sends the browser back to the app with an OAuth error, e.g. `access_denied`. */
export async function refuse(step: Step, error: string, description: string): Promise<Response> {
  step.environment.pendingLogins.delete(step.interaction.id)
  remark(step.c.env.outgoing, { clientId: step.interaction.client.id, error })
  return resume(step, { error, error_description: description })
}

/**
 * Goes on after somebody has proven who they are: straight to the app, or to the organization picker. Whoever came
 * `through` an organization's SSO goes there.
 */
export async function signedIn(
  step: Step,
  userId: string,
  amr: readonly string[],
  through?: Organization,
): Promise<Response> {
  const { environment, interaction, c } = step
  const organizations = environment.directory.organizationsOf(userId)
  const wanted = wantedOrganization(step) ?? through
  if (wanted !== undefined) {
    if (organizations.some((organization) => organization.id === wanted.id)) {
      return enter(step, { userId, amr, organization: wanted, proof: 'now' })
    }
    const { error, description } = notMember(wanted)
    return refuse(step, error, description)
  }
  const [only] = organizations
  if (only === undefined) return refuse(step, 'access_denied', 'the user belongs to no organization')
  if (organizations.length === 1) return enter(step, { userId, amr, organization: only, proof: 'now' })
  environment.pendingLogins.set(interaction.id, { userId, amr })
  return c.redirect(`/login/${interaction.id}/organization`, 303)
}

/** Puts the person into one organization and goes back to the engine, which goes back to the app. */
export async function enter(step: Step, login: Login): Promise<Response> {
  const { environment, interaction, c } = step
  const organizationId = login.organization.id
  const session = await sessionFor(step, login)
  environment.sessions.enter(session.id, { organizationId, clientId: interaction.client.id })
  environment.pendingLogins.delete(interaction.id)
  setSessionCookie(c, environment, session.cookie)
  remark(c.env.outgoing, { clientId: interaction.client.id, userId: login.userId, sid: session.id })
  const placement: Placement = { organizationId, sid: session.id }
  const account = { accountId: login.userId, amr: [...session.amr], ts: session.authenticatedAt, remember: false }
  return resume(step, { login: account, placement: { ...placement } })
}

/** The browser's session goes on for the same person; for another one it ends, with notice to its apps. */
async function sessionFor({ environment, interaction, c }: Step, login: Login): Promise<Session> {
  const { session } = interaction
  const { userId, amr, proof } = login
  if (session !== undefined && session.userId === userId) {
    if (proof === 'now') environment.sessions.reauthenticate(session.id, amr)
    return environment.sessions.find(session.id) ?? session
  }
  if (session !== undefined) await endSession(environment, session.id, 'logout')
  const organizationId = login.organization.id
  return environment.sessions.start({ userId, amr, organizationId, userAgent: c.req.header('user-agent') })
}

/** The organization that the request named, itself or through a connection. */
function wantedOrganization({ environment, interaction }: Step): Organization | undefined {
  const { directory } = environment
  const selection = select({ params: interaction.params, session: undefined, directory, now: 0 })
  if (selection.kind === 'sso') return selection.target.organization
  if (selection.kind !== 'login' || selection.target.kind !== 'organization') return undefined
  return selection.target.organization
}

async function resume({ engine, c }: Step, result: Parameters<Engine['provider']['interactionResult']>[2]) {
  const { incoming, outgoing } = c.env
  const target = await engine.provider.interactionResult(incoming, outgoing, result, { mergeWithLastSubmission: false })
  c.header('cache-control', 'no-store')
  return c.redirect(target, 303)
}
