import type { CookieJar } from '../cookies/cookie-jar.js'
import type { ValueCookie } from '../cookies/value-cookie.js'
import { randomToken } from '../crypto/random.js'
import { sha256Base64url } from '../crypto/sha256.js'
import type { Clock } from '../options/clock.js'
import type { Store } from '../options/store.js'
import type { SealedRecords } from '../store/sealed-records.js'
import type { SessionCookie } from './session-cookie.js'
import type { OpenedSession } from './session-record.js'

/** 256 random bits: what the browser holds. It names nothing but this entry, and is in no log. */
const handleForm = /^[A-Za-z0-9_-]{43}$/

/** Each means that somebody else has written: as many as a browser sends requests at once. */
const mostAttempts = 50

const generationOf = ({ record }: OpenedSession): number => record.generation ?? 0

/** Where a session was found, and what lay there. */
interface Place {
  readonly key: string
  readonly sealed: string
}

/**
 * Sessions in the store, by a random handle in the cookie; under a hash of it, sealed (attack rows 160, 161, 176).
 *
 * A write is a compare-and-set on what was read: it neither brings back a session that was ended meanwhile nor undoes
 * the refresh of another process (rows 165, 166).
 */
export function createStoredSession(input: {
  readonly cookie: ValueCookie
  readonly store: Store
  /** Whose sessions they are: two apps on one store must not meet, whatever cookies a browser sends them. */
  readonly owner: string
  readonly records: SealedRecords<OpenedSession>
  readonly clock: Clock
  /** Seconds without a request after which a session is over; its record goes a little later. */
  readonly idle: number
}): SessionCookie {
  const { cookie, store, owner, records, clock, idle } = input
  // A leaked copy of the store is not a set of cookies.
  const keyOf = async (handle: string) => `session:${await sha256Base64url(`${owner} ${handle}`)}`
  const readFrom = new WeakMap<CookieJar, { readonly place: Place; readonly id: string }>()
  const places = new WeakMap<OpenedSession, string>()

  /** Undefined: another state lies there. */
  async function put(
    key: string,
    opened: OpenedSession,
    condition: 'absent' | { is: string },
  ): Promise<Place | undefined> {
    const { record } = opened
    const lifetime = Math.min(record.expiresAt - clock(), idle + 60)
    const sealed = await records.write(key, record, lifetime, condition)
    return sealed === undefined ? undefined : { key, sealed }
  }

  function note(jar: CookieJar, opened: OpenedSession, place: Place): void {
    readFrom.set(jar, { place, id: opened.record.id })
    places.set(opened, place.key)
  }

  async function begin(jar: CookieJar, opened: OpenedSession): Promise<void> {
    const handle = randomToken()
    const place = await put(await keyOf(handle), opened, 'absent')
    if (place === undefined) throw new TypeError('A new random key was taken.')
    note(jar, opened, place)
    cookie.write(jar, handle, opened.record.expiresAt - clock())
  }

  async function goOn(jar: CookieJar, opened: OpenedSession, before: Place): Promise<'written' | 'gone'> {
    let { sealed } = before
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const place = await put(before.key, opened, { is: sealed })
      if (place !== undefined) {
        note(jar, opened, place)
        return 'written'
      }
      const other = await records.read(before.key)
      if (other === undefined) return 'gone'
      // An instance of another version has, and goes on with it.
      if (other.value === undefined) return 'written'
      if (other.value.record.id !== opened.record.id) return 'gone'
      // Tokens of a later refresh are there: the older ones are spent.
      if (generationOf(other.value) >= generationOf(opened)) return 'written'
      sealed = other.sealed
    }
    // Somebody writes it all the time: whoever reads next finds a good session, this one's tokens by the ledger.
    return 'written'
  }

  return {
    async read(jar) {
      if (cookie.isDuplicated(jar)) return { status: 'none', reason: 'cookie_duplicated' }
      const handle = cookie.read(jar)
      if (handle === undefined) return { status: 'none', reason: 'no_cookie' }
      if (!handleForm.test(handle)) return { status: 'none', reason: 'cookie_unusable' }
      const key = await keyOf(handle)
      const found = await records.read(key)
      // Ended or lost: the cookie opens nothing any more.
      if (found === undefined) return { status: 'none', reason: 'session_gone' }
      const { value: opened, sealed, current } = found
      if (opened === undefined) return { status: 'none', reason: 'other_version' }
      note(jar, opened, { key, sealed })
      return { status: 'open', opened, current }
    },
    async write(jar, opened) {
      if (opened.record.expiresAt <= clock()) return 'gone'
      const before = readFrom.get(jar)
      if (before !== undefined && before.id === opened.record.id) return goOn(jar, opened, before.place)
      await begin(jar, opened)
      return 'written'
    },
    isInBrowser: false,
    canWrite: () => true,
    clear: (jar) => cookie.clear(jar),
    async forget(opened) {
      const key = places.get(opened)
      if (key !== undefined) await store.delete(key)
    },
  }
}
