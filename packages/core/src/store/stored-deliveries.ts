import type { DeliveryStore } from '../options/delivery-store.js'
import type { Store } from '../options/store.js'

/** Webhook deliveries in the store: an event is handled once, whichever process it reaches. */
export function storedDeliveries(store: Store): DeliveryStore {
  const delivery = (key: string) => `delivery:${key}`
  return {
    async claim(key, seconds) {
      if (await store.set(delivery(key), 'in_progress', seconds, 'absent')) return 'claimed'
      const state = await store.get(delivery(key))
      // It ended between the two questions: whoever asks next gets it.
      return state === 'handled' ? 'handled' : 'in_progress'
    },
    async complete(key, seconds) {
      await store.set(delivery(key), 'handled', seconds)
    },
    async release(key) {
      await store.delete(delivery(key), { is: 'in_progress' })
    },
    latest: (object, at, seconds) => store.raise(`event:${object}`, at, seconds),
  }
}
