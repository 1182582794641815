import type { CookieAttributes, CookieJar } from '../cookies/cookie-jar.js'
import { LoginError } from '../errors/scalegate-error.js'
import type { Clock } from '../options/clock.js'
import type { Sealer } from '../seal/sealer.js'
import { evictions, type PendingCookie } from './eviction.js'
import { parseTransaction, type Transaction, transactionTag } from './transaction.js'

/** Bytes that all transaction cookies of a browser may take together (attack row 5). */
const maxBytes = 4096
/** Name and value of one cookie: browsers drop a longer one without a word (RFC 6265bis §5.6). */
const maxCookieBytes = 4096
const separator = '.'

export type FoundTransaction =
  | { readonly status: 'found'; readonly transaction: Transaction }
  | { readonly status: 'missing' }
  | { readonly status: 'expired' }

/** One sealed cookie per login in progress, named from its `state`. */
export interface TransactionCookies {
  /**
   * Stores a login and drops the oldest ones that no longer fit.
   *
   * @throws LoginError request_invalid when the login alone is longer than a cookie may be.
   */
  readonly start: (jar: CookieJar, transaction: Transaction) => Promise<void>
  readonly find: (jar: CookieJar, state: string) => Promise<FoundTransaction>
  /** Takes the login away: it was completed or refused. */
  readonly finish: (jar: CookieJar, state: string) => Promise<void>
  readonly clearAll: (jar: CookieJar) => void
}

export function createTransactionCookies(input: {
  /** Full cookie name without the tag, prefix included. */
  readonly name: string
  readonly attributes: Omit<CookieAttributes, 'maxAge'>
  readonly sealer: Sealer
  readonly clock: Clock
  readonly lifetime: number
  readonly max: number
}): TransactionCookies {
  const { name, attributes, sealer, clock, lifetime, max } = input
  const prefix = `${name}${separator}`
  // name.<tag>.<startedAt in base 36>: the time stands in the name because sealed values cannot be ordered.
  const pattern = /^([A-Za-z0-9_-]{16})\.([0-9a-z]{1,8})$/

  return {
    async start(jar, transaction) {
      const cookie = `${prefix}${await transactionTag(transaction.state)}${separator}${transaction.startedAt.toString(36)}`
      // The seal outlives the login, so that a late callback is told that it is late and not that it is foreign.
      const sealed = await sealer.seal(transaction, lifetime + 3600)
      if (cookie.length + sealed.length > maxCookieBytes) throw new LoginError('request_invalid', 'too_long')
      for (const old of evictions(pending(jar), cookie.length + sealed.length, { max, maxBytes })) remove(jar, old)
      jar.set(cookie, sealed, { ...attributes, maxAge: lifetime })
    },
    async find(jar, state) {
      const cookie = await named(jar, state)
      const sealed = cookie === undefined ? undefined : jar.all.get(cookie)
      if (sealed === undefined) return { status: 'missing' }
      const transaction = parseTransaction((await sealer.unseal(sealed))?.data)
      if (transaction === undefined || transaction.state !== state) return { status: 'missing' }
      const age = clock() - transaction.startedAt
      // A start in the future means the clock was set back: then nothing is known about its age.
      return age >= lifetime || age < -60 ? { status: 'expired' } : { status: 'found', transaction }
    },
    async finish(jar, state) {
      const cookie = await named(jar, state)
      if (cookie !== undefined) remove(jar, cookie)
    },
    clearAll(jar) {
      for (const { name: cookie } of pending(jar)) remove(jar, cookie)
    },
  }

  function pending(jar: CookieJar): readonly PendingCookie[] {
    return [...jar.all].flatMap(([cookie, value]) => {
      if (!cookie.startsWith(prefix)) return []
      // A name that the kit never wrote is not touched: it may not even be one that can be written.
      const startedAt = pattern.exec(cookie.slice(prefix.length))?.[2]
      if (startedAt === undefined) return []
      return [{ name: cookie, bytes: cookie.length + value.length, startedAt: Number.parseInt(startedAt, 36) }]
    })
  }

  async function named(jar: CookieJar, state: string): Promise<string | undefined> {
    const start = `${prefix}${await transactionTag(state)}${separator}`
    return [...jar.all.keys()].find((cookie) => cookie.startsWith(start))
  }

  function remove(jar: CookieJar, cookie: string): void {
    jar.set(cookie, '', { ...attributes, maxAge: 0 })
  }
}
