import type { Session } from '@scalegate/next'

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

interface Workspace {
  readonly projects: Project[]
  readonly members: Map<string, Member>
}

/** One Next process is several programs, each with modules of its own; what all of them share is `globalThis`. */
const shared = globalThis as { plainboard?: Map<string, Workspace> }

/**
 * The app's own data, in memory. What counts is the key: always the organization of the session, never an id that
 * came with the request.
 */
shared.plainboard ??= new Map()
const workspaces = shared.plainboard

/** The workspace of the session's organization; a person outside of any organization has one alone. */
export function workspaceOf({ organizationId, user }: Session): Workspace {
  const key = organizationId ?? user.id
  const workspace = workspaces.get(key) ?? { projects: samples(), members: new Map() }
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
  workspaceOf(session).projects.push(project)
  return project
}

function samples(): Project[] {
  return [
    { id: crypto.randomUUID(), name: 'Website relaunch', createdBy: 'sample' },
    { id: crypto.randomUUID(), name: 'Price list 2027', createdBy: 'sample' },
  ]
}
