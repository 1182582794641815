import { errorCodes } from '../errors/error-codes.js'
import { isScalegateError } from '../errors/scalegate-error.js'
import type { IncomingRequest } from '../http/incoming-request.js'
import { problem } from '../http/problem.js'
import type { Caller } from '../model/caller.js'
import type { Emit } from '../model/events.js'
import type { Session } from '../model/session.js'
import { type AccessTokenClaims, verifyAccessToken } from '../protocol/access-token.js'
import { customClaims } from '../protocol/custom-claims.js'
import type { Provider } from '../protocol/provider.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { BearerRequirement } from './bearer-requirement.js'
import { bearerChallenge } from './challenge.js'
import { hasPermission } from './permission.js'

/** A bearer guard's answer: the caller to go on with, or the response to send instead. */
export type BearerAuthorization =
  | { readonly caller: Caller; readonly refusal?: undefined }
  | { readonly caller?: undefined; readonly refusal: Response }

export interface BearerGuard {
  /** By the access token in `Authorization` (RFC 6750 §2.1); one in the query or the body is not looked at (§2.2, §2.3). */
  readonly authorize: (request: IncomingRequest, requirement: BearerRequirement) => Promise<BearerAuthorization>
  /** By a session, where the requirement takes one. */
  readonly authorizeSession: (session: Session, requirement: BearerRequirement) => BearerAuthorization
}

type BearerCode =
  | 'bearer_missing'
  | 'token_invalid'
  | 'insufficient_scope'
  | 'forbidden'
  | 'caller_not_allowed'
  | 'wrong_organization'

/** Always a status with problem+json, never a redirect: programs call APIs. */
export function createBearerGuard(input: {
  readonly provider: Provider
  readonly marks: Pick<RevocationMarks, 'consult' | 'isRevoked'>
  readonly emit: Emit
}): BearerGuard {
  const { provider, marks, emit } = input
  return {
    async authorize(request, requirement) {
      const header = request.headers.get('authorization')
      if (header === null) return refused('bearer_missing', 'missing')
      const token = bearerToken(header)
      if (token === undefined) return refused('token_invalid', 'malformed')
      try {
        const audience = [requirement.audience].flat()
        const claims = await verifyAccessToken({ ...provider, audience }, token)
        return (await isRevoked(claims)) ? refused('token_invalid', 'revoked') : decided(callerOf(claims), requirement)
      } catch (error) {
        if (isScalegateError(error, 'token_invalid'))
          return refused('token_invalid', (error as { reason?: string }).reason ?? 'unknown')
        // Keys that cannot be had say nothing against the caller.
        if (isScalegateError(error, 'keys_unavailable') || isScalegateError(error, 'store_unavailable'))
          return { refusal: unavailable(error.code) }
        throw error
      }
    },
    authorizeSession: (session, requirement) => decided(callerOfSession(session), requirement),
  }

  /** A token of a session that Scalekit has ended since: it would pass until its `exp` otherwise. */
  async function isRevoked({ sid, sub, oid, iat = 0 }: AccessTokenClaims): Promise<boolean> {
    const session = { sid, sub, organizationId: oid, loggedInAt: iat, confirmedAt: iat }
    await marks.consult(session)
    return marks.isRevoked(session)
  }

  function decided(caller: Caller, requirement: BearerRequirement): BearerAuthorization {
    const { callers = 'user', scopes = [], permissions = [], organizationId } = requirement
    if (callers !== 'any' && callers !== caller.kind) return refused('caller_not_allowed', caller.kind)
    if ('organizationId' in requirement && (!organizationId || organizationId !== caller.organizationId))
      return refused('wrong_organization', 'oid')
    if (!scopes.every((scope) => caller.scopes.includes(scope)))
      return refused('insufficient_scope', 'scopes', { scopes }, scopes)
    if (!permissions.every((name) => hasPermission(caller.permissions, name)))
      return refused('forbidden', 'permissions', { permissions })
    return { caller }
  }

  function refused(
    code: BearerCode,
    reason: string,
    members: Readonly<Record<string, unknown>> = {},
    scopes?: readonly string[],
  ): BearerAuthorization {
    emit('bearer_refused', { code, reason })
    const { status, title } = errorCodes[code]
    const error =
      code === 'bearer_missing' ? undefined : code === 'token_invalid' ? 'invalid_token' : 'insufficient_scope'
    const headers = { 'WWW-Authenticate': bearerChallenge(error, scopes) }
    return { refusal: problem({ code, status, title }, { headers, members }) }
  }

  function unavailable(code: 'keys_unavailable' | 'store_unavailable'): Response {
    emit('bearer_refused', { code, reason: code })
    const { status, title } = errorCodes[code]
    return problem({ code, status, title }, { headers: { 'Retry-After': '5' } })
  }
}

/**
 * Exactly one scheme, one space, one b64token (RFC 6750 §2.1); two headers come joined by a comma and are none. How long
 * a token may be is checked where it is read, before anything is decoded.
 */
function bearerToken(header: string): string | undefined {
  return /^bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1]
}

function callerOf(claims: AccessTokenClaims): Caller {
  const { sub, clientId, oid, scopes, permissions, roles, exp, raw } = claims
  // Inferred from samples (protocol.md §12): machine clients are `m2m…`, and a client that asks for itself is its own subject.
  const kind = sub.startsWith('m2m') || sub === clientId ? 'machine' : 'user'
  return Object.freeze({
    via: 'bearer',
    kind,
    id: sub,
    ...(clientId === undefined ? {} : { clientId }),
    ...(oid === undefined ? {} : { organizationId: oid }),
    scopes,
    permissions: permissions as Caller['permissions'],
    roles: roles as Caller['roles'],
    claims: customClaims(raw),
    expiresAt: exp,
  })
}

function callerOfSession({ user, organizationId, permissions, roles, claims, expiresAt }: Session): Caller {
  return Object.freeze({
    via: 'session',
    kind: 'user',
    id: user.id,
    ...(organizationId === undefined ? {} : { organizationId }),
    scopes: Object.freeze([]),
    permissions,
    roles,
    claims,
    expiresAt,
  })
}
