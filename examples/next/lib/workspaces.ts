import type { Caller, Session, UnknownWebhookEvent, WebhookEvent } from '@scalegate/next'
import type { ReconcileReport } from '@scalegate/plugins/directory'

export interface Project {
  readonly id: string
  readonly name: string
  readonly createdBy: string
}

export interface Activity {
  readonly id: string
  readonly type: string
  readonly text: string
  readonly occurredAt: string
}

interface Workspace {
  projects: readonly Project[]
  readonly events: Activity[]
  /** What the last comparison with the directory found. */
  comparison?: ReconcileReport
}

/** One Next process is several programs, each with modules of its own; what all of them share is `globalThis`. */
const shared = globalThis as { plainboard?: Map<string, Workspace> }

/**
 * The app's own data but for its users, in memory. What counts is the key: always the organization of the session, of the
 * token or of the signed event, never an id that came with the request.
 */
shared.plainboard ??= new Map()
const workspaces = shared.plainboard

/** The workspace of a session's or a caller's organization; a person outside of any organization has one alone. */
export function workspaceOf(owner: Session | Caller): Workspace {
  return workspaceAt(owner.organizationId ?? ('user' in owner ? owner.user.id : owner.id))
}

function workspaceAt(key: string): Workspace {
  const workspace = workspaces.get(key) ?? { projects: samples(), events: [] }
  workspaces.set(key, workspace)
  return workspace
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

function samples(): Project[] {
  return [
    { id: crypto.randomUUID(), name: 'Website relaunch', createdBy: 'sample' },
    { id: crypto.randomUUID(), name: 'Price list 2027', createdBy: 'sample' },
  ]
}
