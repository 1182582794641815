import { askSession } from './ask-session.js'
import { onPageReturn, type PageEvents } from './page-returns.js'
import { initialState, type SessionAnswer, type SessionState, stateAfter } from './session-state.js'

/** How long an answer is good enough for somebody who looks at the page again, in seconds. */
const freshFor = 5

/** What the store needs of the browser. Read when it is used: a store is also made during server rendering. */
export interface Browser {
  readonly fetch: typeof globalThis.fetch
  readonly page: PageEvents
  /** Seconds. The wall clock, because a clock of the page may stand still while the computer sleeps. */
  readonly now: () => number
}

/** The state, and the way to ask again. */
export type SessionView = SessionState & {
  /** Asks again now, for instance after an action that changed roles. Never rejects. */
  readonly reload: () => Promise<void>
}

/** One page's knowledge of the session, in the shape of React's `useSyncExternalStore`. */
export interface SessionStore {
  /** The first subscriber starts the asking; after the last one nothing is asked. */
  readonly subscribe: (listener: () => void) => () => void
  /** The same object until something changes. */
  readonly view: () => SessionView
  /** What the server rendered, and what the browser must start with to match it. */
  readonly firstView: () => SessionView
  /** Takes a session that the server has rendered meanwhile. */
  readonly receive: (session: SessionAnswer) => void
}

/**
 * @param path Where `GET session` of this app is, `basePath` included.
 * @throws TypeError for anything but a path: the answer would be another site's.
 */
export function createSessionStore(path: string, initial: SessionAnswer, browser: () => Browser): SessionStore {
  // `/\host` and `//host` are hosts.
  if (!/^\/(?![/\\])/.test(path)) throw new TypeError(`The session path must be a path of this app, not "${path}".`)

  const viewOf = (state: SessionState): SessionView => ({ ...state, reload })
  const listeners = new Set<() => void>()
  let state = initialState(initial)
  const first = viewOf(state)
  let view = first
  let asked = 0
  // Never, if the server could not say; a stale session is one that the server could not refresh, and the route can.
  let askedAt = initial === undefined || initial?.stale === true ? Number.NEGATIVE_INFINITY : undefined
  let stopListening: (() => void) | undefined

  function accept(answer: SessionAnswer): void {
    const after = stateAfter(state, answer)
    if (after === state) return
    state = after
    view = viewOf(after)
    for (const listener of listeners) listener()
  }

  async function reload(): Promise<void> {
    const { fetch, now } = browser()
    const turn = ++asked
    askedAt = now()
    const answer = await askSession(fetch, path)
    // Only the latest question counts: an earlier one may be answered later, with what was true before.
    if (turn === asked) accept(answer)
  }

  function ask(): void {
    askedAt ??= browser().now()
    if (browser().now() - askedAt >= freshFor) void reload()
  }

  return {
    subscribe(listener) {
      listeners.add(listener)
      stopListening ??= onPageReturn(browser().page, (how) => (how === 'restored' ? void reload() : ask()))
      ask()
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stopListening?.()
        stopListening = undefined
      }
    },
    view: () => view,
    firstView: () => first,
    receive(session) {
      if (session === undefined) return
      // What is on its way is older than this.
      asked++
      askedAt = browser().now()
      accept(session)
      if (session?.stale === true) void reload()
    },
  }
}
