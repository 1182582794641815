import { randomFraction } from '../crypto/random.js'
import { ManagementError } from '../errors/management-error.js'
import { type Decoder, nothing } from './answer.js'
import { type Attempt, type Exchange, type ManagementRequest, unavailable } from './exchange.js'
import { refusalOf } from './provider-refusal.js'

/** What every call takes. */
export interface CallOptions {
  /** Gives the call up; it rejects with the signal's own reason. What was sent may still happen. */
  readonly signal?: AbortSignal
}

/** One request of the API and how its answer is read. */
export interface ManagementCall<T> extends ManagementRequest {
  readonly answer: Decoder<T>
}

/** Makes a call and gives the decoded answer. */
export type Transport = <T>(call: ManagementCall<T>, options?: CallOptions) => Promise<T>

export interface TransportParts {
  readonly exchange: Exchange
  /** Seconds for one call, retries included. */
  readonly deadline: number
  /** Seconds for one attempt. */
  readonly attempt: number
  /** Attempts after the first. */
  readonly retries: number
  /** Monotonic seconds. */
  readonly now?: () => number
  readonly sleep?: (seconds: number, signal: AbortSignal | undefined) => Promise<void>
  /** From 0 up to 1. */
  readonly random?: () => number
}

/**
 * Calls with retries. GET, PUT and DELETE are repeated after whatever may pass; POST and PATCH only where nothing was
 * done: no token, 429, 503. Waits grow and are drawn at random between nothing and their full length, so that many
 * callers do not come back together; what Retry-After asks for comes on top.
 *
 * Rejects with ManagementError: management_rejected, management_not_allowed, management_not_found, management_conflict,
 * management_unavailable, management_answer_invalid; or with the reason of the caller's signal.
 */
export function createTransport(parts: TransportParts): Transport {
  const { exchange, deadline, retries, sleep = pause, random = randomFraction } = parts
  const now = parts.now ?? (() => performance.now() / 1000)

  return async (call, { signal } = {}) => {
    const end = now() + deadline
    const isIdempotent = call.method !== 'POST' && call.method !== 'PATCH'
    let mayBeDone = false

    for (let retry = 0; ; retry++) {
      const made = await exchange(call, Math.min(parts.attempt, end - now()), signal)
      const status = made.kind === 'sent' && made.answer.kind === 'answer' ? made.answer.status : undefined
      // The attempt before this one did it, and its answer was lost.
      if (call.method === 'DELETE' && status === 404 && mayBeDone) return undefined as never
      const result = resultOf(call.answer, made)
      if ('value' in result) return result.value
      const { error } = result
      const nothingDone = made.kind === 'unsent' || status === 429 || status === 503
      const wait = (error.retryAfter ?? 0) + random() * Math.min(8, 0.25 * 2 ** retry)
      const goesOn = error.isRetryable && (isIdempotent || nothingDone) && retry < retries && now() + wait < end
      if (!goesOn) throw error
      mayBeDone ||= !nothingDone
      await sleep(wait, signal)
    }
  }
}

function resultOf<T>(decoder: Decoder<T>, made: Attempt): { readonly value: T } | { readonly error: ManagementError } {
  if (made.kind === 'unsent') return { error: made.error }
  const { answer } = made
  // A success without a body, where none is needed.
  const isDone = answer.kind === 'failure' ? answer.reason === 'malformed' : answer.status < 300
  if (isDone && (decoder as Decoder<unknown>) === nothing) return { value: undefined as T }
  if (answer.kind === 'failure') {
    const isPassing = answer.reason === 'network' || answer.reason === 'timeout'
    return { error: isPassing ? unavailable() : new ManagementError('management_answer_invalid') }
  }
  if (answer.status >= 300) return { error: refusalOf(answer) }
  const decoded = decoder.safeParse(answer.body)
  return decoded.success ? { value: decoded.data } : { error: new ManagementError('management_answer_invalid') }
}

function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, seconds * 1000)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
