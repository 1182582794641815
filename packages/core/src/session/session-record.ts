import * as z from 'zod/mini'
import type { Session, User } from '../model/session.js'
import { type AccessTokenClaims, decodeAccessToken } from '../protocol/access-token.js'
import { customClaims } from '../protocol/custom-claims.js'
import { decodeIdToken, type IdTokenClaims } from '../protocol/id-token.js'
import type { RevocableSession } from '../revocation/revocation-marks.js'

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
  /** When the person last proved who they are, by our clock; absent where the provider does not say. */
  authenticatedAt: z.optional(z.int()),
  /** When the provider last vouched for the session: at login, then at each refresh. With fractions of a second. */
  confirmedAt: z.number(),
  /** How many times its tokens were renewed: of two states the later one, whatever the clocks of two machines say. */
  generation: z.optional(z.int()),
  /** Made by the test kit, without a provider that could be asked. */
  forged: z.optional(z.literal(true)),
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

/** What revocation marks are compared with. The same object for the same session, which is looked up at every request. */
export function revocable(opened: OpenedSession): RevocableSession & { readonly id: string } {
  const before = compared.get(opened)
  if (before !== undefined) return before
  const { record, accessClaims, idClaims } = opened
  const { id, loggedInAt, confirmedAt } = record
  const sid = idClaims.sid ?? accessClaims.sid
  const session = { id, sid, sub: idClaims.sub, organizationId: organizationOf(opened), loggedInAt, confirmedAt }
  compared.set(opened, session)
  return session
}

const compared = new WeakMap<OpenedSession, RevocableSession & { readonly id: string }>()

/** In modular SSO only the ID token names the organization, as it does the provider's session (protocol.md §3.3). */
function organizationOf({ accessClaims, idClaims }: OpenedSession): string | undefined {
  return accessClaims.oid ?? idClaims.oid
}

/** A page of many requests opens a cookie once, and reads its claims once. */
const shown = new WeakMap<OpenedSession, Session>()

/** The session as the app sees it: frozen, so that it may be the same object for every request. */
export function sessionOf(opened: OpenedSession, stale = false): Session {
  if (stale) return described(opened, true)
  const session = shown.get(opened) ?? described(opened, false)
  shown.set(opened, session)
  return session
}

function described(opened: OpenedSession, stale: boolean): Session {
  const { record, accessClaims, idClaims } = opened
  const organizationId = organizationOf(opened)
  const sid = idClaims.sid ?? accessClaims.sid
  return Object.freeze({
    user: userOf(idClaims),
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(sid === undefined ? {} : { sid }),
    roles: Object.freeze([...accessClaims.roles]) as Session['roles'],
    permissions: Object.freeze([...(record.permissions ?? accessClaims.permissions)]) as Session['permissions'],
    claims: customClaims(accessClaims.raw),
    loggedInAt: record.loggedInAt,
    ...(record.authenticatedAt === undefined ? {} : { authenticatedAt: record.authenticatedAt }),
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
