import type { Clock } from '../options/clock.js'
import type { DeliveryStore } from '../options/delivery-store.js'
import { createExpiringMap } from './expiring-map.js'
import type { ProcessState } from './process-state.js'

/**
 * Webhook deliveries in the memory of this process, shared by its programs and bounded: what no longer fits may be
 * handled twice. Only signed deliveries come here, so nobody else can fill it.
 */
export function deliveryMemory(state: ProcessState, route: string, clock: Clock): DeliveryStore {
  return state.slot(`webhook deliveries ${route}`, () => createDeliveryMemory({ clock }))
}

export function createDeliveryMemory(input: { readonly clock: Clock; readonly capacity?: number }): DeliveryStore {
  const { clock, capacity = 50_000 } = input
  const deliveries = createExpiringMap<'in_progress' | 'handled'>({ clock, capacity })
  const objects = createExpiringMap<string>({ clock, capacity })
  return {
    async claim(key, seconds) {
      const known = deliveries.get(key)
      if (known !== undefined) return known
      deliveries.set(key, 'in_progress', clock() + seconds)
      return 'claimed'
    },
    async complete(key, seconds) {
      deliveries.set(key, 'handled', clock() + seconds)
    },
    async release(key) {
      // Whoever held it for too long must not undo what another has finished since.
      if (deliveries.get(key) === 'in_progress') deliveries.delete(key)
    },
    async latest(object, at, seconds) {
      const before = objects.get(object)
      objects.set(object, before !== undefined && before > at ? before : at, clock() + seconds)
      return before
    },
  }
}
