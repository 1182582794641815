import type { Clock } from '../options/clock.js'
import { promisesAreBoundToRequests } from './request-bound.js'

/** The tasks of a process that run or wait. */
export interface Places {
  readonly taken: Set<Place>
  readonly waiting: Waiter[]
}

interface Place {
  readonly takenAt: number
}

interface Waiter {
  readonly give: (place: Place) => void
}

/** Runs a task in one of the places, or rejects with the refusal after waiting `patience` seconds for one. */
export type ConcurrencyLimit = <Result>(patience: number, task: () => Promise<Result>) => Promise<Result>

export function createPlaces(): Places {
  return { taken: new Set(), waiting: [] }
}

/**
 * Runs at most `running` tasks at once; `waiting` more wait in the order in which they came, each as long as it can.
 *
 * On workerd nobody waits. A place is handed over by whoever leaves it, and there a request may not be woken by another
 * one; asking again and again by a timer would keep no order and pay for every look. What is counted are values, so the
 * limit holds, and whoever finds no place is refused at once, while a refusal is cheap and can be repeated.
 */
export function createConcurrencyLimit(input: {
  readonly places: Places
  readonly now: Clock
  readonly running: number
  readonly waiting: number
  /** Seconds after which a task is taken for lost: on workerd it ends unheard with its request. */
  readonly longest: number
  readonly refusal: () => Error
}): ConcurrencyLimit {
  const { places, now, running, longest, refusal } = input
  const { taken, waiting } = places

  return async (patience, task) => {
    forgetLost()
    // While others wait there is none: a place that gets free is handed over at once.
    const place = free() ?? (await turn(patience))
    try {
      return await task()
    } finally {
      taken.delete(place)
      handOver()
    }
  }

  function free(): Place | undefined {
    if (taken.size >= running) return undefined
    const place = { takenAt: now() }
    taken.add(place)
    return place
  }

  function turn(patience: number): Promise<Place> {
    if (promisesAreBoundToRequests() || waiting.length >= input.waiting) return Promise.reject(refusal())
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        waiting.splice(waiting.indexOf(waiter), 1)
        reject(refusal())
      }
      const timer = setTimeout(giveUp, patience * 1000)
      const waiter = {
        give(place: Place) {
          clearTimeout(timer)
          resolve(place)
        },
      }
      waiting.push(waiter)
    })
  }

  function handOver(): void {
    while (waiting.length > 0) {
      const place = free()
      if (place === undefined) return
      waiting.shift()?.give(place)
    }
  }

  function forgetLost(): void {
    const time = now()
    for (const place of taken) {
      // The oldest stand first.
      if (time - place.takenAt < longest) break
      taken.delete(place)
    }
    handOver()
  }
}
