import { ConfigurationError, isCachingHeader } from '@scalegate/core'
import type { Response as ExpressResponse } from 'express'

/**
 * Sends a web `Response` as the answer, each cookie in a header of its own (RFC 6265 §3).
 *
 * @throws ConfigurationError headers_already_sent
 */
export async function sendWebResponse(res: ExpressResponse, response: Response): Promise<void> {
  if (res.headersSent) throw new ConfigurationError('headers_already_sent')
  const body = Buffer.from(await response.arrayBuffer())
  res.status(response.status)
  // An earlier middleware may have allowed caches to keep whatever comes (attack row 345).
  for (const name of res.getHeaderNames()) if (isCachingHeader(name)) res.removeHeader(name)
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') res.setHeader(name, value)
  }
  // A body that nobody read would stand in front of the next request of this connection.
  if (!res.req.complete) res.setHeader('Connection', 'close')
  for (const cookie of response.headers.getSetCookie()) res.appendHeader('Set-Cookie', cookie)
  res.end(res.req.method === 'HEAD' || body.length === 0 ? undefined : body)
}
