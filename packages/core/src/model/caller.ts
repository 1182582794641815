import type { Claims, Permission, Role } from './register.js'

/** Who calls an API. A plain frozen object without tokens. */
export interface Caller {
  /** How the caller was known: by an access token of its own, or by the session of a browser (`orSession`). */
  readonly via: 'bearer' | 'session'
  /** A person, or a machine client in its own name (protocol.md §12). */
  readonly kind: 'user' | 'machine'
  /** The subject (`sub`): `usr_…`, or the client id of a machine. */
  readonly id: string
  /** Who asked for the token (`client_id`). */
  readonly clientId?: string
  /** The organization (`oid`). */
  readonly organizationId?: string
  /** Of `scope` and `scopes` together; a session has none. */
  readonly scopes: readonly string[]
  readonly permissions: readonly Permission[]
  readonly roles: readonly Role[]
  /** Custom claims of the access token; registered and reserved names are left out. */
  readonly claims: Claims
  /** NumericDate. */
  readonly expiresAt: number
}
