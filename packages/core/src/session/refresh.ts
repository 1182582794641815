import { isScalegateError, RefreshError, TokenError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import { decodeAccessToken, verifyAccessToken } from '../protocol/access-token.js'
import { noNonce, verifyIdToken } from '../protocol/id-token.js'
import type { Provider } from '../protocol/provider.js'
import { createTokenRefresher } from '../protocol/token-refresher.js'
import type { TokenSet } from '../protocol/token-request.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import { createExpiringMap, type ExpiringMap } from '../state/expiring-map.js'
import type { ProcessState } from '../state/process-state.js'
import { promisesAreBoundToRequests } from '../state/request-bound.js'
import { accessTokenEnd, refreshInterval } from './lifetime.js'
import type { PermissionReader } from './permission-source.js'
import {
  type EarlierRedemption,
  endOfSuccession,
  isAdopted,
  type RedemptionFailure,
  type RefreshLedger,
  type UnverifiedTokens,
  unverifiedLifetime,
} from './refresh-ledger.js'
import { type OpenedSession, opened as openTokens, revocable } from './session-record.js'

/** After a failed attempt the same session waits this long, so that a page of 50 requests makes one call. */
const holdAfterFailure = 1
/** However long the provider asks to be left alone, people come back sooner. */
const longestHold = 30

interface RefreshState {
  readonly flights: Map<string, Promise<OpenedSession>>
  readonly successors: ExpiringMap<OpenedSession>
  readonly ended: ExpiringMap<string>
  readonly failed: ExpiringMap<{ readonly error: RefreshError; readonly since: number }>
  readonly unverified: ExpiringMap<UnverifiedTokens>
}

export interface Refresher {
  /**
   * Redeems the refresh token once, however many requests ask, and gives all of them the same new session.
   *
   * @throws RefreshError refresh_rejected: the provider ended the session. refresh_unavailable: it is kept.
   */
  readonly refresh: (session: OpenedSession) => Promise<OpenedSession>
  /**
   * The same by a call that begins after this one was asked for: what changed at the provider before is in the answer.
   * Whoever asks while such a call is under way shares the next one.
   */
  readonly renew: (session: OpenedSession) => Promise<OpenedSession>
}

export function createRefresher(input: {
  readonly provider: Provider
  readonly marks: RevocationMarks
  readonly clock: Clock
  readonly state: ProcessState
  readonly permissions: PermissionReader
  /** Between processes; within this one the promises below do. */
  readonly ledger: RefreshLedger
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly emit: Emit
}): Refresher {
  const { provider, marks, clock, permissions, ledger, sessionName, emit } = input
  const { flights, successors, ended, failed, unverified } = input.state.slot<RefreshState>('refresh', () => {
    const map = <Value>(): ExpiringMap<Value> => createExpiringMap<Value>({ clock, capacity: 20_000 })
    return { flights: new Map(), successors: map(), ended: map(), failed: map(), unverified: map() }
  })

  const redeemAtProvider = createTokenRefresher(provider, { state: input.state, emit })
  return { refresh, renew }

  function refresh(session: OpenedSession): Promise<OpenedSession> {
    const { id, refreshToken, expiresAt } = session.record
    if (refreshToken === undefined) return Promise.reject(new RefreshError('refresh_rejected', 'no_refresh_token'))
    const key = keyOf(id, refreshToken)
    const known = settled(key)
    if (known !== undefined) return known
    const flight = settle(session, refreshToken, key)
      .catch(async (error: unknown) => {
        throw await failure(error, key, expiresAt, session)
      })
      .finally(() => flights.delete(key))
    // On workerd a promise of another request never settles: there the ledger alone keeps them apart.
    if (promisesAreBoundToRequests()) return flight
    flights.set(key, flight)
    return flight
  }

  async function renew(session: OpenedSession): Promise<OpenedSession> {
    // Not ended, and not to be confirmed either.
    if (session.record.refreshToken === undefined) throw new RefreshError('refresh_unavailable', 'no_refresh_token')
    const { id, refreshToken } = newestOf(session).record
    await flights.get(keyOf(id, refreshToken ?? ''))?.catch(() => undefined)
    return refresh(newestOf(session))
  }

  function newestOf(session: OpenedSession): OpenedSession {
    const { id, refreshToken = '' } = session.record
    return successorOf(keyOf(id, refreshToken)) ?? session
  }

  /** What earlier attempts with the same token have come to. */
  function settled(key: string): Promise<OpenedSession> | undefined {
    const flight = flights.get(key)
    if (flight !== undefined) return flight
    const successor = successorOf(key)
    if (successor !== undefined) return Promise.resolve(successor)
    const reason = ended.get(key)
    if (reason !== undefined) return Promise.reject(new RefreshError('refresh_rejected', reason))
    const held = failed.get(key)
    // Before it began the clock was set back, and nobody knows what is left of it.
    return held === undefined || clock() < held.since ? undefined : Promise.reject(held.error)
  }

  /** The last of the sessions that this token has led to: one in between holds tokens that are spent (attack row 180). */
  function successorOf(key: string): OpenedSession | undefined {
    let newest = successors.get(key)
    // Bounded: a provider could hand out an old token once more.
    for (let hop = 0; hop < 10 && newest?.record.refreshToken !== undefined; hop++) {
      const next = successors.get(keyOf(newest.record.id, newest.record.refreshToken))
      if (next === undefined) break
      newest = next
    }
    return newest
  }

  /** The session after a redemption, of this process or of another one. */
  async function settle(session: OpenedSession, refreshToken: string, key: string): Promise<OpenedSession> {
    const redeemed = await ledger.settle(key, (earlier) => redeem(session, refreshToken, key, earlier), failureOf)
    const { record } = redeemed.session
    unverified.delete(key)
    successors.set(key, redeemed.session, endOfSuccession(record, clock()))
    if (!redeemed.adopted) emit('session_refreshed', { session: await sessionName(session) })
    return redeemed.session
  }

  async function redeem(
    session: OpenedSession,
    refreshToken: string,
    key: string,
    earlier: EarlierRedemption,
  ): Promise<OpenedSession> {
    const { tokens, askedAt } = await currentTokens(session, refreshToken, key, earlier)
    const renewed = await verified(session, tokens, askedAt)
    return permissions.complete(renewed).catch(() => renewed)
  }

  /** New tokens for the refresh token, or those it was redeemed for before and that could not be verified then. */
  async function currentTokens(
    session: OpenedSession,
    refreshToken: string,
    key: string,
    earlier: EarlierRedemption,
  ): Promise<UnverifiedTokens> {
    const waiting = unverified.get(key) ?? earlier.waiting
    if (waiting !== undefined && !outlived(waiting)) return waiting
    const askedAt = await marks.confirmationTime(revocable(session))
    const tokens = await redeemAtProvider(waiting?.tokens.refreshToken ?? refreshToken, earlier.waited)
    // From here on the token is spent: whatever fails, the new one must not be lost.
    unverified.set(key, { tokens, askedAt }, clock() + unverifiedLifetime)
    await earlier.keep({ tokens, askedAt })
    return { tokens, askedAt }
  }

  /** Waiting tokens whose access token has ended meanwhile can only be refreshed in their turn. */
  function outlived({ tokens, askedAt }: UnverifiedTokens): boolean {
    const exp = decodeAccessToken(tokens.accessToken)?.exp
    return exp !== undefined && clock() >= Math.max(exp, askedAt + refreshInterval)
  }

  /** The new session, if the tokens speak of the same person, organization and provider session (OIDC Core §12.2). */
  async function verified(session: OpenedSession, tokens: TokenSet, askedAt: number): Promise<OpenedSession> {
    const { record, idClaims: before, accessClaims: accessBefore } = session
    const access = await verifyAccessToken(provider, tokens.accessToken)
    const renewedId =
      tokens.idToken === undefined
        ? undefined
        : await verifyIdToken(provider, tokens.idToken, { nonce: noNonce, original: before })
    const moved =
      differs(renewedId?.sid, before.sid) ||
      differs(renewedId?.oid, before.oid) ||
      access.sub !== accessBefore.sub ||
      access.oid !== accessBefore.oid ||
      access.sid !== accessBefore.sid
    if (moved) throw new RefreshError('refresh_rejected', 'subject_changed')
    const { permissions: _asked, permissionsPending: _pending, ...kept } = record
    const renewed = openTokens({
      ...kept,
      ...permissions.initial,
      accessToken: tokens.accessToken,
      // Scalekit's documents disagree on whether a refresh returns an ID token; the old one still serves as hint.
      idToken: tokens.idToken ?? record.idToken,
      refreshToken: tokens.refreshToken ?? record.refreshToken,
      accessTokenExpiresAt: accessTokenEnd(access.exp, tokens.expiresIn, clock()),
      confirmedAt: askedAt,
      generation: (record.generation ?? 0) + 1,
      seenAt: clock(),
    })
    if (renewed === undefined) throw new RefreshError('refresh_rejected', 'tokens_unreadable')
    return renewed
  }

  async function failure(
    error: unknown,
    key: string,
    expiresAt: number,
    session: OpenedSession,
  ): Promise<RefreshError> {
    const { error: outcome, hold } = failureOf(error)
    const name = await sessionName(session)
    // Another process has said so already.
    const news = isAdopted(outcome) ? () => undefined : emit
    if (outcome.transient) {
      // One of another process is over when the ledger forgets it, which may be soon.
      if (!isAdopted(outcome)) failed.set(key, { error: outcome, since: clock() }, clock() + hold)
      news('refresh_failed', { session: name, reason: outcome.reason })
    } else {
      unverified.delete(key)
      if (!ledger.remembersRefusals) ended.set(key, outcome.reason, expiresAt)
      news('session_ended', { session: name, reason: outcome.reason })
    }
    return outcome
  }
}

/**
 * Reasons that speak of our keys or of the clocks and not of the tokens: the key may have been published a moment ago.
 * The tokens are kept and looked at again.
 */
const undecided: ReadonlySet<string> = new Set(['key_unknown', 'expired', 'iat', 'nbf'])

function failureOf(error: unknown): RedemptionFailure {
  const outcome = classify(error)
  return {
    error: outcome,
    hold: Math.min(Math.max(outcome.retryAfter ?? holdAfterFailure, holdAfterFailure), longestHold),
  }
}

/** Only the provider's own "no" ends a session; a token that fails validation is such a no, unreachable keys are not. */
function classify(error: unknown): RefreshError {
  if (isScalegateError(error, 'refresh_rejected') || isScalegateError(error, 'refresh_unavailable'))
    return error as RefreshError
  if (error instanceof TokenError) {
    return new RefreshError(undecided.has(error.reason) ? 'refresh_unavailable' : 'refresh_rejected', error.reason)
  }
  return new RefreshError('refresh_unavailable', isScalegateError(error) ? error.code : 'internal')
}

/** Session and token together: never the result of one session for another (attack row 181). */
function keyOf(id: string, refreshToken: string): string {
  return `${id} ${refreshToken}`
}

/** An ID token need not repeat what the access token says; what it does say must be the same. */
function differs(now: string | undefined, before: string | undefined): boolean {
  return now !== undefined && before !== undefined && now !== before
}
