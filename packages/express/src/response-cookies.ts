import {
  applyPrivateCaching,
  ConfigurationError,
  type CookieAttributes,
  type CookieJar,
  isCachingHeader,
  parseCookies,
  serializeCookie,
} from '@scalegate/core'
import type { Request, Response } from 'express'
import onHeaders from 'on-headers'

/** The cookies of the request, and those for the app's own response. */
export interface ResponseCookies extends CookieJar {
  /** From now on, when the headers leave: writes the cookies, and privacy where `isPersonal` says so. */
  readonly onHeaders: (isPersonal: () => boolean) => void
}

/**
 * A jar over an Express response. Cookies are written at the last moment, when the headers leave, beside the app's
 * own: an app that calls `res.setHeader('Set-Cookie', …)` after a guard would erase them otherwise.
 */
export function responseCookies(req: Request, res: Response): ResponseCookies {
  const pending = new Map<string, string>()
  let parsed: ReturnType<typeof parseCookies> | undefined
  const cookies = () => {
    parsed ??= parseCookies(req.headers.cookie ?? null)
    return parsed
  }
  return {
    get all() {
      return cookies().first
    },
    get duplicates() {
      return cookies().duplicates
    },
    get writable() {
      return !res.headersSent
    },
    set(name: string, value: string, attributes: CookieAttributes) {
      // Said aloud: a session that was refreshed or ended without a word to the browser is a riddle later.
      if (res.headersSent) throw new ConfigurationError('headers_already_sent')
      pending.set(name, serializeCookie(name, value, attributes))
    },
    onHeaders(isPersonal) {
      onHeaders(res, () => {
        if (pending.size > 0) res.appendHeader('Set-Cookie', [...pending.values()])
        if (isPersonal()) keepPrivate(res)
      })
    },
  }
}

function keepPrivate(res: Response): void {
  const headers = new Headers({ vary: String(res.getHeader('vary') ?? '') })
  applyPrivateCaching(headers)
  for (const name of res.getHeaderNames()) if (isCachingHeader(name)) res.removeHeader(name)
  for (const [name, value] of headers) res.setHeader(name, value)
}
