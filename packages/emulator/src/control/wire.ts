import type { DeliveryEntry, RequestEntry } from '../environment.js'
import type { Claims } from '../jws.js'
import type { Feature, SeedMachine } from '../seed/types.js'
import type { Settings } from '../settings.js'
import type { Client } from '../state/directory.js'
import type { Fault } from '../state/faults.js'
import type { Invitation } from '../state/invitations.js'
import type { MembershipStatus } from '../state/people.js'
import type { Session } from '../state/sessions.js'
import type { SelfServeState } from './self-serve-wire.js'

/** The JSON of the control API. Instants are NumericDate seconds. */
export interface EmulatorState extends SelfServeState {
  readonly environmentUrl: string
  readonly environmentId: string
  readonly clock: { readonly now: number; readonly offset: number }
  readonly settings: Settings
  readonly clients: readonly Client[]
  readonly organizations: readonly {
    readonly id: string
    readonly name: string
    readonly externalId?: string
    readonly domains: readonly string[]
    readonly connectionId?: string
    readonly features: Readonly<Partial<Record<Feature, boolean>>>
    readonly ssoRequired: boolean
  }[]
  readonly users: readonly {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly memberships: readonly {
      readonly organizationId: string
      readonly roles: readonly string[]
      readonly permissions: readonly string[]
      /** Only `ACTIVE` lets somebody in. */
      readonly status: MembershipStatus
    }[]
  }[]
  readonly sessions: readonly SessionState[]
  readonly invitations: readonly Invitation[]
  readonly machines: readonly SeedMachine[]
  /** The current key first. */
  readonly keys: readonly { readonly kid: string; readonly current: boolean }[]
  readonly faults: readonly Fault[]
}

/** A Scalekit session without its cookie. */
export type SessionState = Omit<Session, 'cookie'> & { readonly expiresAt: number }

/** A request in the witness; `id` grows. */
export type LoggedRequest = RequestEntry & { readonly id: number }
/** A delivery in the log; `id` grows. */
export type LoggedDelivery = DeliveryEntry & { readonly id: number }

/** A logout token to sign, and perhaps to send. Only the given ones of `sid` and `sub` are in it. */
export interface LogoutTokenInput {
  readonly sid?: string
  readonly sub?: string
  /** Default: the first client. */
  readonly clientId?: string
  /** Overrides; `null` removes a claim. */
  readonly claims?: Claims
  /** Overrides; `null` removes a member. */
  readonly header?: Claims
  /** Send it to the client's back-channel logout URI. */
  readonly deliver?: boolean
}

/** Claims to sign with the environment's current key, as they are. */
export interface TokenInput {
  readonly claims: Claims
  /** Overrides of `{ alg, kid, typ: 'JWT' }`; `null` removes a member. */
  readonly header?: Claims
}

/** A clock change: to a fixed distance from real time, or further on. Seconds. */
export type ClockInput = { readonly offset: number } | { readonly advance: number }

/** Somebody who starts an app from their identity provider's portal: the link with `idp_initiated_login`. */
export interface IdpInitiatedLoginInput {
  readonly organizationId: string
  /** `login_hint`. Default: Sam of the organization's first domain. */
  readonly email?: string
  /** Default: the first client. */
  readonly clientId?: string
  readonly relayState?: string
  /** Overrides; `null` removes a claim. */
  readonly claims?: Claims
  /** Overrides; `null` removes a member. */
  readonly header?: Claims
  /** Seconds. Default 300. */
  readonly lifetime?: number
}

/** A browser that is sent to an app's initiate login URI, with an error or with parameters of your own. */
export interface InitiateLoginInput {
  /** Default: the first client. */
  readonly clientId?: string
  readonly error?: string
  /** `error_description`. */
  readonly errorDescription?: string
  readonly params?: Readonly<Record<string, string>>
}

/** Somebody to invite into an organization. */
export interface InvitationInput {
  readonly organizationId: string
  readonly email: string
  /** Role names. Default: the seed's `memberRole`. */
  readonly roles?: readonly string[]
  /** The client whose initiate login URI the link leads to. Default: the first one. */
  readonly clientId?: string
}
