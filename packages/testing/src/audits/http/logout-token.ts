import type { Site } from '../bench/site.js'
import { type Answer, exchange } from './exchange.js'

/** Delivers a logout token as a provider does: a form by the socket, without cookies or fetch metadata (BCL §2.5). */
export function deliverLogoutToken({ socket, path, paths }: Site, token: string): Promise<Answer> {
  const body = new URLSearchParams({ logout_token: token }).toString()
  const headers = new Headers({
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  })
  return exchange(socket + path + paths.backchannelLogout, 'POST', headers, body)
}
