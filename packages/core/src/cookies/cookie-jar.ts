import { parseCookies } from './parse-cookies.js'
import { serializeCookie } from './serialize-cookie.js'

/** Where a cookie goes and who may read it. There is no choice about `HttpOnly`: no cookie of the kit is for scripts. */
export interface CookieAttributes {
  /** Seconds. Absent: until the browser closes; 0: delete. */
  readonly maxAge?: number
  readonly path: string
  /** Absent: this host only. */
  readonly domain?: string
  readonly secure: boolean
  readonly httpOnly: true
  readonly sameSite: 'lax' | 'none' | 'strict'
}

/** Where cookies come from and how they get out: the only thing that frameworks truly disagree about. */
export interface CookieJar {
  /** The cookies of the request, the first value of each name. What is set later does not show here. */
  readonly all: ReadonlyMap<string, string>
  /** Names the request brought more than once: another host of the same site has put one of them there (RFC 6265bis §8.6). */
  readonly duplicates: ReadonlySet<string>
  /**
   * False where no `Set-Cookie` can leave: React Server Components, headers already sent. Nothing is refreshed then,
   * because a rotation that cannot be written back burns the refresh token.
   */
  readonly writable: boolean
  set(name: string, value: string, attributes: CookieAttributes): void
}

/** A jar for the kit's own routes: it collects, and the route puts the result on its response. */
export interface CollectingJar extends CookieJar {
  /** One `Set-Cookie` value per name, each to be its own header (RFC 6265 §3); the last write of a name counts. */
  readonly setCookies: () => readonly string[]
}

/** Reads the `Cookie` header of a request and collects what is set. */
export function collectingJar(cookieHeader: string | null): CollectingJar {
  const { first, duplicates } = parseCookies(cookieHeader)
  const pending = new Map<string, string>()
  return {
    all: first,
    duplicates,
    writable: true,
    set: (name, value, attributes) => {
      pending.set(name, serializeCookie(name, value, attributes))
    },
    setCookies: () => [...pending.values()],
  }
}
