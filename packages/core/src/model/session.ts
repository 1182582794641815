import type { Claims, Permission, Role } from './register.js'

/** The person, from the verified ID token. */
export interface User {
  /** The subject (`sub`): `usr_…` with Scalekit's full-stack auth. Unique together with the issuer. */
  readonly id: string
  readonly email?: string
  /** True only if the provider said exactly that; an address that is not verified identifies nobody. */
  readonly emailVerified: boolean
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly picture?: string
  readonly locale?: string
}

/**
 * Who is signed in. A plain frozen object without tokens: safe to serialise for the caller's own browser.
 * All instants are NumericDate seconds.
 */
export interface Session {
  readonly user: User
  /** The organization this session acts in (`oid`); the tenancy key of the app's own data. */
  readonly organizationId?: string
  /** The provider's session id (`sid`), shared by all apps of one environment. */
  readonly sid?: string
  readonly roles: readonly Role[]
  /** As granted; a guard also honours the `…_manage` implies `…_read` table. */
  readonly permissions: readonly Permission[]
  /** Custom claims of the access token; registered and reserved names are left out. */
  readonly claims: Claims
  /** When the provider authenticated this login, by the provider's clock. */
  readonly loggedInAt: number
  /**
   * When the person last proved who they are, by this server's clock: from `auth_time`, or from a login that asked for it
   * (`prompt=login`). Absent after a login that may have been answered from the provider's own session.
   */
  readonly authenticatedAt?: number
  /** The absolute end: no activity extends it. */
  readonly expiresAt: number
  /**
   * True where the session should have been refreshed and could not be, because this response cannot carry
   * a cookie. No guard decides anything from a stale session.
   */
  readonly stale: boolean
}
