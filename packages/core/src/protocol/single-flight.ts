import { promisesAreBoundToRequests } from '../state/request-bound.js'

/**
 * Makes one run of `task` serve everybody who asks while it runs; the next one after it starts a new run.
 *
 * On workerd each caller gets a run of its own: there a promise that belongs to another request never settles.
 */
export function singleFlight<T>(task: () => Promise<T>): () => Promise<T> {
  let flight: Promise<T> | undefined
  return () => {
    if (flight !== undefined && !promisesAreBoundToRequests()) return flight
    const started = task().finally(() => {
      if (flight === started) flight = undefined
    })
    flight = started
    return started
  }
}
