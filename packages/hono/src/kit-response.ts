import { isCachingHeader } from '@scalegate/core'
import type { Context } from 'hono'

/**
 * Makes a `Response` of the kit the answer. Headers that an earlier middleware has set stay beside it, and give way
 * where both have one: Hono alone would put them over the kit's own, its cookies included.
 */
export function kitResponse(c: Context, response: Response): Response {
  const headers = new Headers(c.res.headers)
  // An earlier middleware may have allowed caches to keep whatever comes (attack row 345).
  for (const name of [...headers.keys()].filter(isCachingHeader)) headers.delete(name)
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers.set(name, value)
  // Each cookie in a header of its own (RFC 6265 §3).
  for (const cookie of response.headers.getSetCookie()) headers.append('set-cookie', cookie)
  const answer = new Response(response.body, { status: response.status, headers })
  replaceResponse(c, answer)
  return answer
}

/** Hono merges the headers of the old response into the new one, unless there is no old one. */
export function replaceResponse(c: Context, response: Response): void {
  c.res = undefined
  c.res = response
}
