import {
  applyPrivateCaching,
  ConfigurationError,
  type CookieAttributes,
  type CookieJar,
  parseCookies,
  serializeCookie,
} from '@scalegate/core'
import type { Context } from 'hono'
import { replaceResponse } from './kit-response.js'

/** The cookies of the request, and those for the app's own response. */
export interface ResponseCookies extends CookieJar {
  /** Writes the cookies and privacy onto the response the app has made, where that is personal. */
  readonly write: (isPersonal: boolean) => void
  /** Does the same for an error that is answered outside of the kit's sight, and throws it again. */
  readonly announce: (error: unknown) => never
}

/**
 * A jar over the response of a Hono app. Cookies are written after the handler: what `c.header` sets before it is lost
 * where the handler returns a `Response` of its own.
 */
export function responseCookies(c: Context): ResponseCookies {
  const pending = new Map<string, string>()
  let written = false
  let parsed: ReturnType<typeof parseCookies> | undefined
  const cookies = () => {
    parsed ??= parseCookies(c.req.raw.headers.get('cookie'))
    return parsed
  }
  const writeOn = (headers: Headers): void => {
    for (const cookie of pending.values()) headers.append('set-cookie', cookie)
    applyPrivateCaching(headers)
  }
  return {
    get all() {
      return cookies().first
    },
    get duplicates() {
      return cookies().duplicates
    },
    get writable() {
      return !written
    },
    set(name: string, value: string, attributes: CookieAttributes) {
      // Said aloud: a session that was refreshed or ended without a word to the browser is a riddle later.
      if (written) throw new ConfigurationError('headers_already_sent')
      pending.set(name, serializeCookie(name, value, attributes))
    },
    write(isPersonal) {
      written = true
      const { res } = c
      if (!isPersonal || isOutOfReach(res)) return
      // Always a copy. Headers of a `fetch` are immutable, and a `Response` without a body may be a constant of the
      // app: written on that, the cookie of one person would go out to the next.
      const copy = new Response(res.body, res)
      writeOn(copy.headers)
      replaceResponse(c, copy)
    },
    announce(error) {
      written = true
      // Hono answers from here, with these headers. The error page may ask who is calling, so nobody may keep it.
      if (!c.finalized) writeOn(c.res.headers)
      throw error
    },
  }
}

/** A switched protocol, a network error, or what Node's own response has carried away: no headers will be sent. */
function isOutOfReach({ status, headers }: Response): boolean {
  return status < 200 || headers.has('x-hono-already-sent')
}
