import { RefreshError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import { fineClock } from '../options/clock.js'
import { createConcurrencyLimit, createPlaces } from '../state/concurrency-limit.js'
import type { ProcessState } from '../state/process-state.js'
import { createCircuit, createCircuitBreaker } from './circuit-breaker.js'
import type { Provider } from './provider.js'
import { refreshTokens, type TokenSet } from './token-request.js'

/** New tokens for a refresh token. `waited`: seconds that the request has spent already on waiting for others. */
export type TokenRefresher = (refreshToken: string, waited?: number) => Promise<TokenSet>

/** Refreshes that a process sends at the same time. */
const inFlight = 50
/** Refreshes that wait for one of them to end. */
const queue = 10_000

/**
 * `refreshTokens` for a whole process: what a provider that is down, slow or overwhelmed is spared, whichever sessions
 * ask. After five failures in a row nothing is sent but one probe every few seconds, and never more than 50 refreshes
 * are under way. The code exchange of a login goes past all of this: a person waits for it, and came by a page of the
 * provider a moment ago.
 *
 * @throws {@link RefreshError} what `refreshTokens` throws; and refresh_unavailable, with nothing sent and the token
 * unspent, by reason `circuit_open` during an outage, or `too_many_refreshes` without a turn in half of the deadline.
 */
export function createTokenRefresher(
  provider: Provider,
  input: { readonly state: ProcessState; readonly emit: Emit; readonly random?: () => number },
): TokenRefresher {
  const { state, emit, ...chance } = input
  const { refresh: deadline, keys } = provider.deadlines
  const now = fineClock(provider.clock)
  // A token that is sent is spent, whether or not its answer is still awaited: waiting may not eat up what sending needs.
  const patience = deadline / 2

  const breaker = createCircuitBreaker({
    circuit: state.slot('refresh circuit', createCircuit),
    now,
    ...chance,
    onOpened: (seconds) => emit('circuit_opened', { seconds }),
    onClosed: (seconds) => emit('circuit_closed', { seconds }),
  })
  const inTurn = createConcurrencyLimit({
    places: state.slot('refresh places', createPlaces),
    now,
    running: inFlight,
    waiting: queue,
    // The address of the token endpoint may have to be found out first.
    longest: keys + deadline + 1,
    refusal: () => new RefreshError('refresh_unavailable', 'too_many_refreshes'),
  })

  return async (refreshToken, waited = 0) => {
    refuseWhileOpen()
    const askedAt = now() - waited
    const left = Math.max(patience - waited, 0)
    return inTurn(left, () => {
      // It may have opened while this one waited; then the whole queue is told.
      refuseWhileOpen()
      const spent = Math.min(Math.max(now() - askedAt, 0), patience)
      return send(refreshToken, deadline - spent)
    })
  }

  function refuseWhileOpen(): void {
    const seconds = breaker.refusedFor()
    if (seconds !== undefined) throw new RefreshError('refresh_unavailable', 'circuit_open', seconds)
  }

  async function send(refreshToken: string, refresh: number): Promise<TokenSet> {
    const attempt = breaker.begin()
    try {
      const tokens = await refreshTokens({ ...provider, deadlines: { ...provider.deadlines, refresh } }, refreshToken)
      attempt.answered()
      return tokens
    } catch (error) {
      if (isAnswer(error)) attempt.answered()
      else attempt.failed(rateLimit(error))
      throw error
    }
  }
}

/**
 * The token endpoint's own words (RFC 6749 §5.2), by which it works, whatever it thinks of the grant or of us. A refused
 * client is no outage, though every refresh fails: it is our configuration, the answer is fast, no waiting mends it, and
 * `circuit_open` in every log would hide the one word that says what to repair.
 */
const answers: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_request',
  'invalid_scope',
  'status_400',
  'status_401',
])

function isAnswer(error: unknown): boolean {
  return error instanceof RefreshError && (error.code === 'refresh_rejected' || answers.has(error.reason))
}

/**
 * Scalekit limits requests per environment, which all sessions share, and documents no Retry-After (protocol.md §13); so
 * it is honoured by everybody, and only after a row of failures, in case one session alone was meant. That of a 503 is
 * kept by the session that was told, and no probe waits for it: services come back before their time.
 */
function rateLimit(error: unknown): number | undefined {
  return error instanceof RefreshError && error.reason === 'status_429' ? error.retryAfter : undefined
}
