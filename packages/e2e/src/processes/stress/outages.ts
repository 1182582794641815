import type { Fleet } from '../fleet.js'

/** What goes and comes back. */
export interface Outage {
  readonly begin: () => Promise<void>
  readonly seconds: number
  readonly end: () => Promise<void>
}

/** SIGKILL, and a start with what lies on its disk. */
export function redisKilled({ redis }: Fleet, seconds: number): Outage {
  return { begin: redis.kill, seconds, end: redis.start }
}

/** SIGSTOP: it takes connections and answers nobody. */
export function redisFrozen({ redis }: Fleet, seconds: number): Outage {
  return { begin: async () => redis.freeze(), seconds, end: async () => redis.thaw() }
}

/** Nobody listens at its address. What it has taken by then it answers: a lost answer is another fault, with a test of its own. */
export function providerDown({ provider }: Fleet, seconds: number): Outage {
  return {
    async begin() {
      const cutOff = await provider.leave()
      if (cutOff > 0) throw new Error(`${cutOff} answers of the provider were cut off: nobody can say what they were.`)
    },
    seconds,
    end: () => provider.become('open'),
  }
}
