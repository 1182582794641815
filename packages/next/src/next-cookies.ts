import { ConfigurationError, type CookieAttributes, type CookieJar, parseCookies } from '@scalegate/core'
import type { cookies } from 'next/headers.js'

export type CookieStore = Awaited<ReturnType<typeof cookies>>

/**
 * A jar over `cookies()`. Next puts what is set here onto whatever answer leaves, a redirect or the handler's own
 * `Response` included, and shows it to the rest of the same request.
 */
export function nextCookies(store: CookieStore, cookieHeader: string | null): CookieJar {
  const { first, duplicates } = parseCookies(cookieHeader)
  return {
    all: asSent(store, first),
    duplicates,
    writable: isWritable(store),
    set(name: string, value: string, attributes: CookieAttributes) {
      if (!isWritable(store)) throw new ConfigurationError('cookies_read_only')
      store.set({ name, value, ...attributes })
    },
  }
}

/**
 * What the store holds: not the header, which stays as it was sent also after a server action has written. Next decodes
 * values; one that is still what was sent is taken as it was sent, so that a cookie has one spelling.
 */
function asSent(store: CookieStore, sent: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const spelt = (name: string, value: string): string => {
    const raw = sent.get(name)
    return raw !== undefined && decoded(raw) === value ? raw : value
  }
  return new Map(store.getAll().map(({ name, value }) => [name, spelt(name, value)]))
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

/**
 * Asked before a refresh token is spent: a Server Component can read cookies and not write them. Next refuses there as
 * soon as `set` is called; elsewhere it reads the name first, and goes no further than that.
 */
function isWritable(store: CookieStore): boolean {
  const reached = new Error('The name of a cookie was read.')
  try {
    store.set({
      get name(): string {
        throw reached
      },
      value: '',
    })
  } catch (error) {
    return error === reached
  }
  return false
}
