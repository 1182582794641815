import type { Authorization, Requirement, Session } from '@scalegate/core'
import { forbidden, redirect, unstable_rethrow } from 'next/navigation'
import { coded } from './coded-errors.js'
import type { CurrentContext } from './page-context.js'
import { reportUnawaited } from './unawaited.js'

/** Gives the session of the page's caller, or leaves the page. */
export type PageGuard = (guard: string, requirement: Requirement) => Promise<Session>

export function createPageGuard(current: CurrentContext): PageGuard {
  const decide = coded(async (requirement: Requirement): Promise<Session> => {
    const context = await current()
    return sessionOrLeave(await context.authorize(requirement))
  })
  return (guard, requirement) => reportUnawaited(guard, decide(requirement))
}

/** The session, or Next's own ways of leaving: both are thrown, and Next answers them. */
export function sessionOrLeave(authorization: Authorization): Session {
  const { session, why, refusal } = authorization
  if (session !== undefined) return session
  if (why === 'forbidden') interruptWhereEnabled()
  const location = refusal.headers.get('location')
  if (location === null) throw new TypeError('A page can be left by a redirect only.')
  return redirect(location)
}

/** `forbidden()` renders the app's own forbidden.tsx with 403, where `experimental.authInterrupts` is on; elsewhere it is a 500. */
function interruptWhereEnabled(): void {
  try {
    forbidden()
  } catch (error) {
    unstable_rethrow(error)
  }
}
