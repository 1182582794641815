import { ManagementError } from '../errors/management-error.js'
import { type Fetch, fetchJson, type JsonAnswer } from '../http/fetch-json.js'
import type { ManagementToken } from './management-token.js'
import type { WireBody } from './request-body.js'

type QueryValue = string | number | boolean | readonly string[] | undefined

/** Parameters by their names on the wire; a list repeats the parameter, undefined leaves it out. */
export type Query = Readonly<Record<string, QueryValue>>

/** One request of the API. */
export interface ManagementRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, from the template `path`. */
  readonly path: string
  readonly query?: Query
  readonly body?: WireBody
}

/** One attempt: an answer, or why nothing was sent. */
export type Attempt =
  | { readonly kind: 'sent'; readonly answer: JsonAnswer }
  | { readonly kind: 'unsent'; readonly error: ManagementError }

/** Sends a request once, in so many seconds. It rejects with the signal's reason and with nothing else. */
export type Exchange = (request: ManagementRequest, seconds: number, signal?: AbortSignal) => Promise<Attempt>

const maxBytes = 4 * 1024 * 1024

/** Requests with the app's access token. One that is refused is replaced, once. */
export function createExchange(parts: {
  readonly environmentUrl: string
  readonly fetch: Fetch
  readonly token: ManagementToken
}): Exchange {
  const { environmentUrl, fetch, token } = parts

  return async (request, seconds, signal) => {
    // Monotonic: a clock that is set back must not lengthen a deadline.
    const end = performance.now() / 1000 + seconds
    const left = () => Math.max(end - performance.now() / 1000, 0)
    const held = await bearer(undefined, left(), signal)
    if (typeof held !== 'string') return { kind: 'unsent', error: held }
    const answer = await send(request, held, left(), signal)
    if (answer.kind === 'failure' || answer.status !== 401) return { kind: 'sent', answer }
    const fresh = await bearer(held, left(), signal)
    if (typeof fresh !== 'string' || fresh === held) return { kind: 'sent', answer }
    return { kind: 'sent', answer: await send(request, fresh, left(), signal) }
  }

  async function bearer(
    refused: string | undefined,
    seconds: number,
    signal: AbortSignal | undefined,
  ): Promise<string | ManagementError> {
    signal?.throwIfAborted()
    try {
      return await within(token(refused), seconds, signal)
    } catch (error) {
      signal?.throwIfAborted()
      // The token may be the app's own function; what it throws goes no further.
      return error instanceof ManagementError ? error : unavailable()
    }
  }

  async function send(
    { method, path, query, body }: ManagementRequest,
    held: string,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<JsonAnswer> {
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await fetchJson(
      // fetchJson knows GET and POST, and one signal.
      (address, init) => fetch(address, { ...init, method, signal: either(init.signal, signal) }),
      `${environmentUrl}/api/v1${path}${queryString(query)}`,
      { method: 'GET', headers: { accept: 'application/json', authorization: `Bearer ${held}`, ...type }, ...content },
      { deadline, maxBytes },
    )
    signal?.throwIfAborted()
    return answer
  }
}

/** Nothing is known but that it may pass. */
export function unavailable(): ManagementError {
  return new ManagementError('management_unavailable', { isRetryable: true })
}

function queryString(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => [name, String(one)]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}

function either(one: AbortSignal | null | undefined, other: AbortSignal | undefined): AbortSignal | null {
  if (!one || !other) return one ?? other ?? null
  return AbortSignal.any([one, other])
}

/** The token is everybody's: giving this call up must not end the request for it. */
function within<T>(work: Promise<T>, seconds: number, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(unavailable())
    const timer = setTimeout(giveUp, seconds * 1000)
    signal?.addEventListener('abort', giveUp, { once: true })
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
    })
  })
}
