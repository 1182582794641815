import type { Requirement, Session } from '@scalegate/core'
import { coded } from './coded-errors.js'
import type { CurrentContext } from './page-context.js'
import { sessionOrLeave } from './page-guard.js'

/**
 * A server action that runs for callers who meet the requirement. A server action is a public endpoint: that the page
 * with its form is guarded does not guard it.
 */
export function guardedAction<Args extends readonly unknown[], Result>(
  current: CurrentContext,
  ask: (...args: Args) => Requirement,
  action: (session: Session, ...args: Args) => Result | Promise<Result>,
): (...args: Args) => Promise<Result> {
  return coded(async (...args: Args) => {
    const context = await current()
    return action(sessionOrLeave(await context.authorize(() => ask(...args))), ...args)
  })
}
