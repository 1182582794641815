import { joinChunks, splitIntoChunks, staleChunkNames, valueNames } from './chunks.js'
import type { CookieAttributes, CookieJar } from './cookie-jar.js'

/** One value of any length in a browser: written, read and deleted as if it were a single cookie. */
export interface ValueCookie {
  readonly read: (jar: CookieJar) => string | undefined
  /** True where the browser sent one of the names twice, so that nobody can say which value is meant. */
  readonly isDuplicated: (jar: CookieJar) => boolean
  /**
   * Writes the value for `maxAge` seconds and deletes what an earlier, longer or shorter one left behind.
   *
   * @throws SessionError session_too_large before anything is written
   */
  readonly write: (jar: CookieJar, value: string, maxAge: number) => void
  readonly clear: (jar: CookieJar) => void
  /** Bytes of the `Cookie` header with which the browser will send the value, beside everything else it sends now. */
  readonly headerBytes: (jar: CookieJar, value: string) => number
}

/**
 * A value under `name`, with the same attributes in every write and every deletion: a browser deletes a cookie only if
 * path, domain and `Secure` are those it was set with (RFC 6265bis §5.7).
 *
 * Make it once, not per request: it remembers what it has written into each jar.
 */
export function createValueCookie(name: string, attributes: Omit<CookieAttributes, 'maxAge'>): ValueCookie {
  const names = valueNames(name)
  // A request may refresh and then log out: what was written a moment ago is not in `jar.all` and has to go as well.
  const writtenInto = new WeakMap<CookieJar, ReadonlyMap<string, string>>()
  const held = (jar: CookieJar) => new Map([...jar.all, ...(writtenInto.get(jar) ?? [])])
  const remove = (jar: CookieJar, own: string) => jar.set(own, '', { ...attributes, maxAge: 0 })

  return {
    read: (jar) => joinChunks(name, jar.all),

    isDuplicated: (jar) => jar.duplicates.size > 0 && names.some((own) => jar.duplicates.has(own)),

    write(jar, value, maxAge) {
      const chunks = new Map(splitIntoChunks(name, value))
      for (const stale of staleChunkNames(name, held(jar), chunks.keys())) remove(jar, stale)
      for (const [own, part] of chunks) jar.set(own, part, { ...attributes, maxAge })
      writtenInto.set(jar, chunks)
    },

    clear(jar) {
      for (const stale of staleChunkNames(name, held(jar), [])) remove(jar, stale)
    },

    headerBytes(jar, value) {
      const others = [...jar.all].filter(([other]) => !names.includes(other))
      const pairs = [...others, ...splitIntoChunks(name, value)].map(([own, part]) => `${own}=${part}`)
      return pairs.join('; ').length
    },
  }
}
