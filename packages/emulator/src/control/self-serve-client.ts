import type { RoleAssignment } from '../state/directories.js'
import type {
  ConnectionInput,
  DirectoryGroupInput,
  DirectoryInput,
  DirectoryUserInput,
  DirectoryUserPatch,
  DomainInput,
  MadeDirectory,
  PortalLinkInput,
} from './self-serve-wire.js'

/** Single sign-on of the organizations. */
export interface ConnectionControl {
  /** Gives the id. Of several enabled ones the one that was enabled last is used. */
  add(input: ConnectionInput): Promise<string>
  setEnabled(id: string, enabled: boolean): Promise<void>
  remove(id: string): Promise<void>
}

/** Domains of the organizations. */
export interface DomainControl {
  /** Gives the id. */
  add(input: DomainInput): Promise<string>
  /** The TXT record is found. */
  verify(id: string): Promise<void>
  /** The time for the TXT record is over. */
  fail(id: string): Promise<void>
  remove(id: string): Promise<void>
}

/** Directories, and the people and groups in them, by the same code as the SCIM endpoint. */
export interface DirectoryControl {
  add(input: DirectoryInput): Promise<MadeDirectory>
  setEnabled(id: string, enabled: boolean): Promise<void>
  /** Replaces which groups give which roles. */
  setRoleAssignments(id: string, assignments: readonly RoleAssignment[]): Promise<void>
  remove(id: string): Promise<void>
  /** Gives the id of the directory user. */
  addUser(id: string, user: DirectoryUserInput): Promise<string>
  updateUser(id: string, userId: string, patch: DirectoryUserPatch): Promise<void>
  removeUser(id: string, userId: string): Promise<void>
  /** Gives the id of the directory group. */
  addGroup(id: string, group: DirectoryGroupInput): Promise<string>
}

/** The admin portal. */
export interface PortalControl {
  /** A link that opens once, within a minute. */
  link(input: PortalLinkInput): Promise<string>
  /** Lets a session end in so many seconds; at once without. */
  expire(sessionId: string, within?: number): Promise<void>
}

/** What admins of customers do. */
export interface SelfServeControl {
  readonly connections: ConnectionControl
  readonly domains: DomainControl
  readonly directories: DirectoryControl
  readonly portal: PortalControl
}

type Call = <T = void>(method: string, path: string, body?: unknown) => Promise<T>

export function selfServeControl(call: Call): SelfServeControl {
  const path = (...parts: readonly string[]) => parts.map(encodeURIComponent).join('/')
  const idOf = async (name: string, input: object) => (await call<{ id: string }>('POST', name, input)).id
  return {
    connections: {
      add: (input) => idOf('connections', input),
      setEnabled: (id, enabled) => call('PUT', path('connections', id, 'enabled'), { enabled }),
      remove: (id) => call('DELETE', path('connections', id)),
    },
    domains: {
      add: (input) => idOf('domains', input),
      verify: (id) => call('POST', path('domains', id, 'verify'), { found: true }),
      fail: (id) => call('POST', path('domains', id, 'verify'), { found: false }),
      remove: (id) => call('DELETE', path('domains', id)),
    },
    directories: {
      add: (input) => call('POST', 'directories', input),
      setEnabled: (id, enabled) => call('PUT', path('directories', id, 'enabled'), { enabled }),
      setRoleAssignments: (id, assignments) =>
        call('PUT', path('directories', id, 'role-assignments'), { assignments }),
      remove: (id) => call('DELETE', path('directories', id)),
      addUser: (id, user) => idOf(path('directories', id, 'users'), user),
      updateUser: (id, userId, patch) => call('PATCH', path('directories', id, 'users', userId), patch),
      removeUser: (id, userId) => call('DELETE', path('directories', id, 'users', userId)),
      addGroup: (id, group) => idOf(path('directories', id, 'groups'), group),
    },
    portal: {
      link: async (input) => (await call<{ url: string }>('POST', 'portal-links', input)).url,
      expire: (sessionId, within = 0) => call('POST', path('portal-sessions', sessionId, 'expire'), { within }),
    },
  }
}
