import { randomToken } from '../crypto/random.js'
import type { DeliveryStore } from '../options/delivery-store.js'
import type { Store } from '../options/store.js'
import { createExpiringMap } from '../state/expiring-map.js'
import type { LateWrites } from './late-writes.js'

/** Claims remembered here. One beyond them ends by itself, like that of a process that died. */
const capacity = 50_000
/** Seconds of the monotonic clock. */
const clock = () => performance.now() / 1000

/** Webhook deliveries in the store: an event is handled once, whichever process it reaches. */
export function storedDeliveries(store: Store, late: LateWrites): DeliveryStore {
  /** What this process has claimed, and by which text: the claim of another one is not ours to give back. */
  const claims = createExpiringMap<{ readonly claim: string; readonly seconds: number }>({ clock, capacity })
  const nameOf = (key: string) => `delivery:${key}`
  // Later than that it has ended by itself.
  const giveBack = (key: string, claim: string, seconds: number) =>
    late.tell(`${nameOf(key)} ${claim}`, () => store.delete(nameOf(key), { is: claim }), seconds)

  return {
    async claim(key, seconds) {
      const claim = `in_progress ${randomToken()}`
      const isClaimed = await store.set(nameOf(key), claim, seconds, 'absent').catch((error: unknown) => {
        // It may lie there all the same, and whoever is sent the event next would wait for nobody.
        void giveBack(key, claim, seconds)
        throw error
      })
      if (isClaimed) {
        claims.set(key, { claim, seconds }, clock() + seconds)
        return 'claimed'
      }
      // Undefined: it ended between the two questions, and whoever asks next gets it.
      return (await store.get(nameOf(key))) === 'handled' ? 'handled' : 'in_progress'
    },
    async complete(key, seconds) {
      await store.set(nameOf(key), 'handled', seconds)
      claims.delete(key)
    },
    async release(key) {
      const mine = claims.get(key)
      claims.delete(key)
      if (mine !== undefined) await giveBack(key, mine.claim, mine.seconds)
    },
    latest: (object, at, seconds) => store.raise(`event:${object}`, at, seconds),
  }
}
