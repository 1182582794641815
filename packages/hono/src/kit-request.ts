import type { HonoRequest } from 'hono'

/** The request as the kit's own routes read it, body included, whether or not a middleware has been there before. */
export async function kitRequest(req: HonoRequest): Promise<Request> {
  const { raw } = req
  // Only a POST brings a form to a route of the kit, and no `Request` can be made of a GET with a body, not even with
  // the empty one that a middleware has read.
  if (raw.method !== 'POST') return raw
  const body = await keptBody(req)
  // Not read yet, or nothing to put back. Then a route that needs the body says so (`body_already_read`), and one that
  // does not is not held up.
  if (body === undefined) return raw
  return new Request(raw.url, { method: raw.method, headers: raw.headers, body })
}

/** What Hono has kept of a body that was read through `c.req`; as it was sent if possible. */
async function keptBody({ bodyCache }: HonoRequest) {
  const { arrayBuffer, text, blob, formData } = bodyCache
  // Promises, whatever their types say; a parser that failed has left nothing.
  const body = await Promise.resolve(arrayBuffer ?? text ?? blob ?? formData).catch(() => undefined)
  return body instanceof FormData ? urlEncoded(body) : body
}

/** `FormData` would be sent as multipart, which is another form than the one that came. */
function urlEncoded(parts: FormData): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of parts) if (typeof value === 'string') form.append(name, value)
  return form
}
