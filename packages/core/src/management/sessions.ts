import { answerObject, count, type Decoder, id, list, optional, optionalList, text, texts, wrapped } from './answer.js'
import { type Instant, instant } from './instant.js'
import { createListing, type Listing, type ListOptions, pageOf, pageQuery } from './listing.js'
import { path } from './path.js'
import type { CallOptions, Transport } from './transport.js'

/** A session that Scalekit holds: what `sid` names in tokens. */
export interface UserSession {
  readonly sessionId: string
  readonly userId?: string
  readonly organizationId?: string
  /** Scalekit's documents write it in small and in capital letters. */
  readonly status?: string
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly lastActiveAt?: string
  readonly absoluteExpiresAt?: string
  readonly idleExpiresAt?: string
  readonly expiredAt?: string
  readonly logoutAt?: string
  /** Ids of the organizations it has been in. */
  readonly authenticatedOrganizations?: readonly string[]
  readonly authenticatedClients?: readonly { readonly clientId?: string; readonly organizationId?: string }[]
  readonly device?: SessionDevice
}

/** Where a session came from, as far as a request tells. */
export interface SessionDevice {
  readonly browser?: string
  readonly browserVersion?: string
  readonly deviceType?: string
  readonly os?: string
  readonly osVersion?: string
  readonly userAgent?: string
  readonly ip?: string
  readonly location?: { readonly city?: string; readonly region?: string; readonly regionSubdivision?: string }
}

/** Which sessions of a user. */
export interface SessionFilter {
  readonly userId: string
  readonly status?: readonly ('active' | 'expired' | 'revoked' | 'logout' | (string & {}))[]
  readonly startTime?: Instant
  readonly endTime?: Instant
}

/**
 * Scalekit's sessions. Ending one here makes the next refresh of every app fail and sends back-channel logout; the sessions
 * of this app end by that, and an access token that is out lives to its `exp`.
 */
export interface Sessions {
  get(sessionId: string, options?: CallOptions): Promise<UserSession>
  list(where: SessionFilter, options?: ListOptions): Listing<UserSession>
  revoke(sessionId: string, options?: CallOptions): Promise<UserSession>
  /** Every session of a user; gives those that ended. */
  revokeAll(where: { readonly userId: string }, options?: CallOptions): Promise<RevokedSessions>
}

/** What `revokeAll` ended. */
export interface RevokedSessions {
  readonly revokedSessions: readonly UserSession[]
  readonly totalRevoked?: number
}

const times = {
  sessionId: id,
  userId: text,
  status: text,
  createdAt: text,
  updatedAt: text,
  lastActiveAt: text,
  absoluteExpiresAt: text,
  idleExpiresAt: text,
  expiredAt: text,
  logoutAt: text,
}
const revokedSession: Decoder<UserSession> = answerObject(times)
const session: Decoder<UserSession> = answerObject({
  ...times,
  organizationId: text,
  authenticatedOrganizations: texts,
  authenticatedClients: optionalList(answerObject({ clientId: text, organizationId: text })),
  device: optional(
    answerObject({
      browser: text,
      browserVersion: text,
      deviceType: text,
      os: text,
      osVersion: text,
      userAgent: text,
      ip: text,
      location: optional(answerObject({ city: text, region: text, regionSubdivision: text })),
    }),
  ),
})
const revokedSessions: Decoder<RevokedSessions> = answerObject({
  revokedSessions: list(revokedSession),
  totalRevoked: count,
})

export function createSessions(call: Transport): Sessions {
  return {
    get: async (sessionId, options) =>
      call({ method: 'GET', path: path`/sessions/${{ sessionId }}`, answer: session }, options),
    list: ({ userId, status, startTime, endTime }, options = {}) =>
      // No largest page is documented.
      createListing(undefined, options, async (at) =>
        call(
          {
            method: 'GET',
            path: path`/users/${{ userId }}/sessions`,
            query: {
              ...pageQuery(at),
              'filter.status': status,
              'filter.start_time': instant('startTime', startTime),
              'filter.end_time': instant('endTime', endTime),
            },
            answer: pageOf('sessions', session),
          },
          at,
        ),
      ),
    revoke: async (sessionId, options) =>
      call(
        {
          method: 'POST',
          path: path`/sessions/${{ sessionId }}/revoke`,
          answer: wrapped('revoked_session', revokedSession),
        },
        options,
      ),
    revokeAll: async ({ userId }, options) =>
      call({ method: 'POST', path: path`/users/${{ userId }}/sessions/revoke`, answer: revokedSessions }, options),
  }
}
