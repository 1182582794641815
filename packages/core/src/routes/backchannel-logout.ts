import type { ErrorCode } from '../errors/error-codes.js'
import { isScalegateError, RequestError, TokenError } from '../errors/scalegate-error.js'
import { readForm } from '../http/read-form.js'
import type { Emit } from '../model/events.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import type { EndedSessions, LogoutTokenOptions } from '../options/scalegate-options.js'
import { type LogoutTokenClaims, verifyLogoutToken } from '../protocol/logout-token.js'
import type { Provider } from '../protocol/provider.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import { createSessionTerminator } from '../revocation/session-terminator.js'
import type { UsedOnce } from '../store/used-once.js'
import type { Route, RouteRequest } from './route.js'

const maxBodyBytes = 32 * 1024

/**
 * `POST backchannel-logout`: OIDC Back-Channel Logout 1.0 §2.5-2.8. No cookie, no session, no CSRF token; the signed
 * logout token is all that counts. Success is 200 and a refused token 400 (§2.8); 413 and 415 are for bodies that are no
 * form. Nothing is cached.
 */
export function backchannelLogoutRoute(input: {
  readonly options: Pick<ResolvedOptions, 'onSessionsEnded'>
  readonly provider: Provider
  readonly rules: Required<LogoutTokenOptions>
  readonly marks: RevocationMarks
  /** `jti` of logout tokens. */
  readonly carriedOut: UsedOnce
  /** False: other processes serve the same sessions, and would not hear of it. */
  readonly isHeardEverywhere: boolean
  readonly emit: Emit
}): Route {
  const { provider, rules, carriedOut, isHeardEverywhere, emit } = input
  const endSessions = createSessionTerminator(input)
  return { post: (route) => receive(route).catch(refused) }

  async function receive({ request }: RouteRequest): Promise<Response> {
    if (!isHeardEverywhere) throw new RequestError('revocation_store_required')
    const claims = await verifyLogoutToken(provider, await logoutToken(request), {
      typ: rules.typ,
      expRequired: rules.exp === 'required',
    })
    const scope = claims.sid === undefined ? 'sub' : 'sid'
    const { replayed } = await carryOut(claims)
    emit('backchannel_logout', { scope, replayed })
    return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
  }

  async function carryOut(claims: LogoutTokenClaims): Promise<{ replayed: boolean }> {
    const { exp, jti } = claims
    try {
      if (await carriedOut.isUsed(jti)) return { replayed: true }
      const ended = endedBy(claims)
      if (ended !== undefined) await endSessions(ended, 'backchannel_logout')
      // Last: a logout that could not be recorded, or that the app could not carry out, may be sent again.
      await carriedOut.use(jti, exp + provider.clockSkew)
      return { replayed: false }
    } catch {
      throw new RequestError('revocation_unavailable')
    }
  }

  function refused(error: unknown): Response {
    const { status, code, reason } = refusal(error)
    emit('backchannel_logout_refused', { code, reason })
    // §2.8 names RFC 6749 §5.2's members; the description is a fixed sentence, never a part of the request.
    const body = {
      error: code === 'revocation_unavailable' ? 'temporarily_unavailable' : 'invalid_request',
      error_description: code,
    }
    const headers = { 'Cache-Control': 'no-store', ...(status === 413 ? { Connection: 'close' } : {}) }
    return Response.json(body, { status, headers })
  }
}

/** With `sid` that session and no other one of the person; with `sub` alone all of them (§2.7). */
function endedBy({ sid, sub, iat }: LogoutTokenClaims): EndedSessions | undefined {
  if (sid !== undefined) return { at: iat, scope: 'sid', sid, ...(sub === undefined ? {} : { userId: sub }) }
  return sub === undefined ? undefined : { at: iat, scope: 'sub', userId: sub }
}

async function logoutToken(request: Request): Promise<string> {
  const form = await readForm(request, maxBodyBytes)
  const tokens = form.getAll('logout_token')
  const [token] = tokens
  if (tokens.length !== 1 || token === undefined || token === '')
    throw new TokenError('logout_token_invalid', 'missing')
  return token
}

function refusal(error: unknown): { status: number; code: ErrorCode; reason: string } {
  if (isScalegateError(error, 'logout_token_invalid'))
    return { status: 400, code: error.code, reason: (error as unknown as TokenError).reason }
  if (error instanceof RequestError) return { status: error.status, code: error.code, reason: error.code }
  // Keys out of reach: §2.8 knows 400 only, and the provider may send the token again.
  if (isScalegateError(error, 'keys_unavailable') || isScalegateError(error, 'discovery_failed')) {
    return { status: 400, code: 'revocation_unavailable', reason: error.code }
  }
  throw error
}
