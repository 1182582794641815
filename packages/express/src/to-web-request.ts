import { Readable } from 'node:stream'
import type { Request as ExpressRequest } from 'express'

/** An Express request as a web `Request`, body included, whether or not a parser has been there before. */
export function toWebRequest(req: ExpressRequest): Request {
  // Only the path counts: the kit ignores the origin, and Host is the client's own word.
  const { pathname, search } = new URL(req.originalUrl, 'http://app.invalid')
  const url = `http://app.invalid${pathname}${search}`
  const method = methodOf(req)
  const init = { method, headers: toHeaders(req) }
  if (method === 'GET' || method === 'HEAD') return new Request(url, init)
  if (!isConsumed(req)) {
    const body = Readable.toWeb(req) as unknown as ReadableStream<Uint8Array>
    // `duplex` is required for a streamed body and missing from the type (Fetch §5.4).
    return new Request(url, { ...init, body, duplex: 'half' } as RequestInit)
  }
  const body = rawBody(req) ?? parsedBody(req)
  const request = new Request(url, { ...init, body: body ?? '' })
  // Nothing is left to read. A route that needs the body says so (`body_already_read`); one that does not is not held up.
  if (body === undefined) void request.text()
  return request
}

/** `Request` throws for these (Fetch §2.2.1 "forbidden method"), and a client may send them: they are 405 like any unknown one. */
const forbiddenMethods: readonly string[] = ['CONNECT', 'TRACE', 'TRACK']

function methodOf({ method }: ExpressRequest): string {
  return forbiddenMethods.includes(method.toUpperCase()) ? 'UNSUPPORTED' : method
}

/** A body of no bytes ends without ever having been read. */
function isConsumed(req: ExpressRequest): boolean {
  return req.readableDidRead || req.readableEnded
}

/** The bytes as they came, where a parser has kept them: in `body` itself, or beside it under the usual name. */
function rawBody(req: ExpressRequest): string | Uint8Array<ArrayBuffer> | undefined {
  for (const kept of [(req as { rawBody?: unknown }).rawBody, req.body as unknown]) {
    if (typeof kept === 'string') return kept
    if (kept instanceof Uint8Array) return new Uint8Array(kept)
  }
  return undefined
}

/** A form in the form it was sent in. The bytes of anything else cannot be had back from what a parser made of them. */
function parsedBody(req: ExpressRequest): string | undefined {
  const body: unknown = req.body
  if (typeof body !== 'object' || body === null || !req.is('application/x-www-form-urlencoded')) return undefined
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(body)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    // A list of one came from `name[]=…`, which is another name.
    const sentAs = Array.isArray(value) && values.length === 1 ? `${name}[]` : name
    for (const item of values) if (typeof item === 'string') form.append(sentAs, item)
  }
  return form.toString()
}

function toHeaders(req: ExpressRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(req.headers)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) headers.append(name, item)
  }
  // What a parser has unpacked or recoded is no longer as long or as packed as the headers say.
  if (isConsumed(req)) for (const name of ['content-length', 'content-encoding']) headers.delete(name)
  return headers
}
