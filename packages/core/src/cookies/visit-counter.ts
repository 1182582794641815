import type { CookieAttributes, CookieJar } from './cookie-jar.js'

/**
 * Counts how often a browser has come to a place within a while, so that a loop of redirects finds an end. The count is in
 * a short-lived cookie of that browser; whoever forges it stops only their own loop.
 */
export interface VisitCounter {
  /** This visit included; from 1 to 9. */
  readonly count: (jar: CookieJar) => number
  readonly clear: (jar: CookieJar) => void
  /** Seconds after the last visit at which counting begins anew. */
  readonly window: number
}

export function createVisitCounter(input: {
  readonly name: string
  readonly attributes: Omit<CookieAttributes, 'maxAge'>
  readonly window: number
}): VisitCounter {
  const { name, attributes, window } = input
  return {
    window,
    count(jar) {
      const before = /^[1-9]$/.test(jar.all.get(name) ?? '') ? Number(jar.all.get(name)) : 0
      const count = Math.min(before + 1, 9)
      jar.set(name, String(count), { ...attributes, maxAge: window })
      return count
    },
    clear(jar) {
      if (jar.all.has(name)) jar.set(name, '', { ...attributes, maxAge: 0 })
    },
  }
}
