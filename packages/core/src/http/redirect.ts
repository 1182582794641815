import { absoluteHttpUrl } from './absolute-url.js'
import { privateHeaders } from './cache-headers.js'

/**
 * A 303 to an absolute address: the method becomes GET and a posted body is not sent on (RFC 9700 §4.12). Never
 * cached, and the next page does not learn this address with the codes that may be in its query (RFC 9700 §4.2).
 *
 * @throws TypeError for a relative address, which the Next proxy turns into a 500, and for any scheme but http(s).
 */
export function seeOther(location: string, headers?: HeadersInit): Response {
  const address = absoluteHttpUrl(location)
  if (address === undefined) throw new TypeError('A redirect needs an absolute http(s) address.')
  const all = new Headers(headers)
  all.set('Location', address)
  all.set('Cache-Control', privateHeaders['Cache-Control'])
  all.set('Referrer-Policy', 'no-referrer')
  return new Response(null, { status: 303, headers: all })
}
