import type { Emit } from '../model/events.js'
import { type ReturnToRules, sanitizeReturnTo } from './return-to.js'

/**
 * Where a route of the kit leads in the end: the one target that was asked for, if it is a page of this app, else the
 * usual place. A refused one is told by its route alone.
 */
export type ReturnTarget = (asked: readonly string[], route: string, otherwise?: string) => string

export function createReturnTarget(input: {
  readonly rules: ReturnToRules
  /** Path of the app, as the browser sees it. */
  readonly fallback: string
  readonly emit: Emit
}): ReturnTarget {
  const { rules, fallback, emit } = input
  return (asked, route, otherwise = fallback) => {
    if (asked.length === 0) return otherwise
    const returnTo = asked.length === 1 ? sanitizeReturnTo(asked[0], rules) : undefined
    if (returnTo === undefined) emit('return_to_refused', { route })
    return returnTo ?? otherwise
  }
}
