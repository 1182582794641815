import * as z from 'zod/mini'
import type { Claims } from '../model/register.js'
import type { Session, User } from '../model/session.js'
import { type AccessTokenClaims, decodeAccessToken } from '../protocol/access-token.js'
import { decodeIdToken, type IdTokenClaims } from '../protocol/id-token.js'

/**
 * What is sealed into the cookie. The tokens are the only copy of their claims: user, roles and permissions are
 * read out of them when the seal is opened, which keeps the cookie a third smaller than storing both.
 * All instants are NumericDate seconds.
 */
const recordSchema = z.object({
  v: z.literal(1),
  /** The kit's own session id: new at every login, never known to the provider. */
  id: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  accessToken: z.string(),
  idToken: z.string(),
  refreshToken: z.optional(z.string()),
  accessTokenExpiresAt: z.int(),
  /** When the provider authenticated this login, by the provider's clock. */
  loggedInAt: z.int(),
  /** When the provider last vouched for the session: at login, then at each refresh. */
  confirmedAt: z.int(),
  /** The last activity written down. */
  seenAt: z.int(),
  /** The absolute end. */
  expiresAt: z.int(),
  /** From a permission source; absent while the source has not answered, or where the token is the source. */
  permissions: z.optional(z.array(z.string())),
  /** True while the permission source has not answered: the list is empty and no guard may decide from it. */
  permissionsPending: z.optional(z.literal(true)),
})

export type SessionRecord = Readonly<z.infer<typeof recordSchema>>

/** A record that was opened, with what its tokens say. */
export interface OpenedSession {
  readonly record: SessionRecord
  readonly accessClaims: AccessTokenClaims
  readonly idClaims: IdTokenClaims
}

/** Unsealed data → session, or undefined where the shape is not that of a session (attack rows 154, 155, 159). */
export function openRecord(data: unknown): OpenedSession | undefined {
  const parsed = recordSchema.safeParse(data)
  return parsed.success ? opened(parsed.data) : undefined
}

/** Reads the tokens of a record. They were verified when they came in, and the seal vouches for them since. */
export function opened(record: SessionRecord): OpenedSession | undefined {
  const accessClaims = decodeAccessToken(record.accessToken)
  const idClaims = decodeIdToken(record.idToken)
  if (accessClaims === undefined || idClaims === undefined) return undefined
  return { record, accessClaims, idClaims }
}

/** The name by which revocation marks know a session. */
export function revocable({ record, accessClaims, idClaims }: OpenedSession): {
  id: string
  sid: string | undefined
  sub: string
  loggedInAt: number
} {
  return { id: record.id, sid: idClaims.sid ?? accessClaims.sid, sub: idClaims.sub, loggedInAt: record.loggedInAt }
}

/** The session as the app sees it. */
export function sessionOf({ record, accessClaims, idClaims }: OpenedSession, stale = false): Session {
  // In modular SSO only the ID token names the organization and the provider's session (protocol.md §3.3).
  const organizationId = accessClaims.oid ?? idClaims.oid
  const sid = idClaims.sid ?? accessClaims.sid
  return Object.freeze({
    user: userOf(idClaims),
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(sid === undefined ? {} : { sid }),
    roles: Object.freeze([...accessClaims.roles]) as Session['roles'],
    permissions: Object.freeze([...(record.permissions ?? accessClaims.permissions)]) as Session['permissions'],
    claims: customClaims(accessClaims.raw),
    loggedInAt: record.loggedInAt,
    expiresAt: record.expiresAt,
    stale,
  })
}

function userOf(claims: IdTokenClaims): User {
  const { sub, email, emailVerified, name, givenName, familyName, picture, locale } = claims
  return Object.freeze({
    id: sub,
    ...(email === undefined ? {} : { email }),
    emailVerified: emailVerified === true,
    ...(name === undefined ? {} : { name }),
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
    ...(picture === undefined ? {} : { picture }),
    ...(locale === undefined ? {} : { locale }),
  })
}

/** Names of RFC 7519, RFC 9068 and Scalekit itself; the rest was defined by the environment's owner. */
const registeredClaims = new Set([
  'iss', 'sub', 'aud', 'azp', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'scopes', 'auth_time', 'acr', 'amr',
  'oid', 'sid', 'xoid', 'xuid', 'roles', 'permissions', 'typ',
]) // biome-ignore format: one table

function customClaims(raw: Readonly<Record<string, unknown>>): Claims {
  const claims: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(raw)) if (!registeredClaims.has(name)) claims[name] = frozen(value)
  return Object.freeze({ ...claims }) as Claims
}

/** Frozen all through: the tokens are read once per process, and a page must not change what the next request reads. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}
