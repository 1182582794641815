import type { Caller, Session, UnknownWebhookEvent, WebhookEvent } from '@scalegate/next'

export interface Project {
  readonly id: string
  readonly name: string
  readonly createdBy: string
}

export interface Member {
  readonly id: string
  readonly name: string
  readonly email: string | undefined
}

export interface Activity {
  readonly id: string
  readonly type: string
  readonly text: string
  readonly occurredAt: string
}

interface Workspace {
  projects: readonly Project[]
  readonly members: Map<string, Member>
  readonly events: Activity[]
}

/** One Next process is several programs, each with modules of its own; what all of them share is `globalThis`. */
const shared = globalThis as { plainboard?: Map<string, Workspace> }

/**
 * The app's own data, in memory. What counts is the key: always the organization of the session, of the token or of the
 * signed event, never an id that came with the request.
 */
shared.plainboard ??= new Map()
const workspaces = shared.plainboard

/** The workspace of a session's or a caller's organization; a person outside of any organization has one alone. */
export function workspaceOf(owner: Session | Caller): Workspace {
  return workspaceAt(owner.organizationId ?? ('user' in owner ? owner.user.id : owner.id))
}

function workspaceAt(key: string): Workspace {
  const workspace = workspaces.get(key) ?? { projects: samples(), members: new Map(), events: [] }
  workspaces.set(key, workspace)
  return workspace
}

/** Just-in-time provisioning: creates or updates the person at each login. */
export function rememberMember(session: Session): void {
  const { id, name, email } = session.user
  workspaceOf(session).members.set(id, { id, name: name ?? id, email })
}

/** The new project, or undefined if that is no name for one. */
export function createProject(session: Session, untrustedName: unknown): Project | undefined {
  const name = typeof untrustedName === 'string' ? untrustedName.trim() : ''
  if (name === '' || name.length > 80) return undefined
  const project = { id: crypto.randomUUID(), name, createdBy: session.user.name ?? session.user.id }
  const workspace = workspaceOf(session)
  workspace.projects = [...workspace.projects, project]
  return project
}

/** Undefined in another organization than the project's. */
export function findProject(session: Session, id: string): Project | undefined {
  return workspaceOf(session).projects.find((project) => project.id === id)
}

export function deleteProject(session: Session, id: string): void {
  const workspace = workspaceOf(session)
  workspace.projects = workspace.projects.filter((project) => project.id !== id)
}

/** Keeps what Scalekit told the app by a webhook, newest first. The kit calls it once for each `webhook-id`. */
export function rememberEvent(event: UnknownWebhookEvent | WebhookEvent): void {
  const { organizationId, deliveryId, type, displayName, occurredAt } = event
  // Roles and permissions belong to no organization.
  if (organizationId === undefined) return
  const { events } = workspaceAt(organizationId)
  events.unshift({ id: deliveryId, type, text: displayName ?? type, occurredAt })
  events.splice(20)
}

/** The kit has ended the person's sessions in the organization; the rest is the app's. */
export function forgetMember(event: Extract<WebhookEvent, { type: 'user.organization_membership_deleted' }>): void {
  const { organization, user } = event.data
  workspaceAt(organization.id).members.delete(user.id)
  rememberEvent(event)
}

function samples(): Project[] {
  return [
    { id: crypto.randomUUID(), name: 'Website relaunch', createdBy: 'sample' },
    { id: crypto.randomUUID(), name: 'Price list 2027', createdBy: 'sample' },
  ]
}
