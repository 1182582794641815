import { now } from '../clock.js'
import type { Engine } from '../engine/engine.js'
import type { Placement } from '../engine/grant.js'
import { notMember, requiredConnection, select } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import { endSession } from '../logout/end-session.js'
import { setSessionCookie } from '../server/cookie.js'
import { remark } from '../server/remarks.js'
import type { Organization } from '../state/directory.js'
import { ownLimits } from '../state/organizations.js'
import type { PendingLogin } from '../state/pending-logins.js'
import type { Session } from '../state/sessions.js'
import { type Interaction, type NodeContext, openInvitation } from './interaction.js'

/** Everything that a step of a login needs. */
export interface Step {
  readonly environment: Environment
  readonly engine: Engine
  readonly c: NodeContext
  readonly interaction: Interaction
}

/** Who somebody is, as it was proven. */
export type Proof = Pick<PendingLogin, 'userId' | 'amr' | 'proof' | 'authenticatedAt'>

/** Who enters an organization. */
export type Login = Proof & { readonly organization: Organization }

/** Sends the browser back to the app with an OAuth error, e.g. `access_denied`. */
export async function refuse(step: Step, error: string, description: string): Promise<Response> {
  step.environment.pendingLogins.delete(step.interaction.id)
  remark(step.c.env.outgoing, { clientId: step.interaction.client.id, error })
  return resume(step, { error, error_description: description })
}

/**
 * Goes on after somebody has proven who they are: straight to the app, or to the organization picker. An invitation
 * goes before what the request named, and that before the organization whose SSO they came `through`.
 */
export async function signedIn(step: Step, proof: Proof, through?: Organization): Promise<Response> {
  const { environment, interaction, c } = step
  const { foreignOrganization, product } = environment.settings
  const invited = acceptInvitation(step, proof.userId)
  const organizations = environment.directory.organizationsOf(proof.userId)
  const [first] = organizations
  const wanted = invited ?? wantedOrganization(step) ?? through
  if (wanted !== undefined) {
    if (organizations.some(({ id }) => id === wanted.id)) return admit(step, { ...proof, organization: wanted })
    if (foreignOrganization === 'other' && first !== undefined) return admit(step, { ...proof, organization: first })
    const { error, description } = notMember(wanted)
    return refuse(step, error, description)
  }
  if (first === undefined) return refuse(step, 'access_denied', 'the user belongs to no organization')
  // Modular SSO knows no organization picker.
  if (organizations.length === 1 || product === 'modular-sso') return admit(step, { ...proof, organization: first })
  environment.pendingLogins.set(interaction.id, proof)
  return c.redirect(`/login/${interaction.id}/organization`, 303)
}

/** Lets somebody into an organization, after its own SSO where it insists on that. */
export async function admit(step: Step, login: Login): Promise<Response> {
  const { environment, interaction, c } = step
  const { organization, ...proof } = login
  const connectionId = requiredConnection(organization, environment.directory)
  if (connectionId === undefined || login.amr.includes(connectionId)) return enter(step, login)
  environment.pendingLogins.set(interaction.id, { ...proof, organizationId: organization.id })
  return c.redirect(`/login/${interaction.id}/sso`, 303)
}

/** Puts the person into one organization and goes back to the engine, which goes back to the app. */
async function enter(step: Step, login: Login): Promise<Response> {
  const { environment, interaction, c } = step
  const organizationId = login.organization.id
  const session = await sessionFor(step, login)
  environment.sessions.enter(session.id, { organizationId, clientId: interaction.client.id })
  environment.pendingLogins.delete(interaction.id)
  setSessionCookie(c, environment, session.cookie)
  remark(c.env.outgoing, { clientId: interaction.client.id, userId: login.userId, sid: session.id })
  const placement: Placement = { organizationId, sid: session.id }
  // In Modular SSO the session says nothing: the subject is named after the connection of this login.
  const amr = environment.settings.product === 'modular-sso' ? [...login.amr] : [...session.amr]
  const account = { accountId: login.userId, amr, ts: session.authenticatedAt, remember: false }
  return resume(step, { login: account, placement: { ...placement } })
}

/** The browser's session goes on for the same person; for another one it ends, with notice to its apps. */
async function sessionFor({ environment, interaction, c }: Step, login: Login): Promise<Session> {
  const { session } = interaction
  const { userId, amr, proof, authenticatedAt } = login
  if (session !== undefined && session.userId === userId) {
    if (proof === 'now') environment.sessions.reauthenticate(session.id, amr, authenticatedAt)
    return environment.sessions.find(session.id) ?? session
  }
  if (session !== undefined) await endSession(environment, session.id, 'logout')
  const when = authenticatedAt === undefined ? {} : { authenticatedAt }
  const userAgent = c.req.header('user-agent')
  const limits = ownLimits(login.organization)
  const started = environment.sessions.start({
    userId,
    amr,
    organizationId: login.organization.id,
    userAgent,
    ...when,
    ...(limits === undefined ? {} : { limits }),
  })
  environment.webhooks.happened({ type: 'user.login', sessionId: started.id })
  return started
}

/** Somebody with the invited address accepts by logging in; for everybody else the invitation stays open. */
function acceptInvitation({ environment, interaction }: Step, userId: string): Organization | undefined {
  const { directory, invitations } = environment
  const invitation = openInvitation(environment, interaction)
  if (invitation === undefined || directory.userByEmail(invitation.email)?.id !== userId) return undefined
  const { id, organizationId } = invitation
  // The roles of a membership that waited may have changed since the mail was sent.
  const roles = invitation.userId === undefined ? invitation.roles : directory.rolesOf(userId, organizationId)
  directory.accept(userId, organizationId, { roles, at: now() })
  directory.people.update(userId, { emailVerified: true })
  invitations.accept(id)
  return directory.organization(organizationId)
}

/** The organization that the request named, itself or through a connection. */
function wantedOrganization({ environment, interaction }: Step): Organization | undefined {
  const { directory, settings } = environment
  const selection = select({ params: interaction.params, session: undefined, directory, settings, now: 0 })
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
