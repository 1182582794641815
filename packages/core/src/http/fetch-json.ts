import { withDeadline } from '../state/deadline.js'

/** `fetch` as the kit calls it: the global one, or the app's own. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>

/** A JSON object with own members only: no prototype, so that `constructor` is absent unless it was sent. */
export type JsonObject = Readonly<Record<string, unknown>>

/** What one call gave. A failure names its kind and nothing else: an error of `fetch` may hold the form body. */
export type JsonAnswer =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** Always there for a 2xx; undefined where another status came with no usable JSON object. */
      readonly body: JsonObject | undefined
      /** Seconds that the server asks to wait, between 0 and 3600. */
      readonly retryAfter: number | undefined
    }
  | { readonly kind: 'failure'; readonly reason: 'timeout' | 'network' | 'redirect' | 'too_large' | 'malformed' }

/** What is sent. */
export interface JsonRequest {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a call may cost. */
export interface JsonLimits {
  /** Seconds for everything, the last byte of the body included. */
  readonly deadline: number
  /** Bytes of body that are read, counted after decompression. */
  readonly maxBytes: number
}

/** Seconds: a timer above 2^31-1 ms fires at once. */
const longest = (2 ** 31 - 1) / 1000

/**
 * One JSON call that always ends: never later than the deadline, never with more than `maxBytes` in memory, never at
 * another address than `url`. It does not throw.
 */
export async function fetchJson(
  fetch: Fetch,
  url: string,
  request: JsonRequest,
  limits: JsonLimits,
): Promise<JsonAnswer> {
  const controller = new AbortController()
  const send = async (): Promise<JsonAnswer> => {
    // A followed redirect would carry the client secret to a host that nobody configured.
    const response = await fetch(url, { ...request, redirect: 'manual', signal: controller.signal })
    if (isRedirect(response)) return failure('redirect')
    const bytes = await readAtMost(response, limits.maxBytes)
    const body = bytes && parseJsonObject(bytes)
    if (response.ok && bytes === undefined) return failure('too_large')
    if (response.ok && body === undefined) return failure('malformed')
    return { kind: 'answer', status: response.status, body, retryAfter: retryAfterOf(response.headers) }
  }
  const tooLate = new Error('No answer in time.')
  try {
    // Aborting alone would not do: an app's own fetch may take no notice of the signal.
    return await withDeadline(send(), Math.min(limits.deadline, longest), () => tooLate)
  } catch (error) {
    // Not passed on, not even as `cause`: HTTP clients put request bodies into their errors.
    return failure(error === tooLate ? 'timeout' : 'network')
  } finally {
    // Closes the connection of an answer that was not read to its end.
    controller.abort()
  }
}

/** Bytes → JSON object, or undefined: strict UTF-8, no byte order mark, no array or bare value (RFC 8259 §8.1). */
export function parseJsonObject(bytes: Uint8Array): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return Object.freeze(Object.assign(Object.create(null), value))
  } catch {
    // Neither the decoder nor the parser can be asked without throwing, and what they say quotes the input.
    return undefined
  }
}

function failure(reason: Extract<JsonAnswer, { kind: 'failure' }>['reason']): JsonAnswer {
  return { kind: 'failure', reason }
}

function isRedirect(response: Response): boolean {
  return response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
}

async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    size += part.value.byteLength
    if (size > maxBytes) return undefined
    chunks.push(part.value)
  }
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** Retry-After (RFC 9110 §10.2.3). A date is measured against the server's own `Date`, so our clock does not matter. */
function retryAfterOf(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : (Date.parse(value) - Date.parse(headers.get('date') ?? '')) / 1000
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(Math.ceil(seconds), 0), 3600)
}
