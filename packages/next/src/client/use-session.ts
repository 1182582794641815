import type { Session } from '@scalegate/core/permissions'
import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { type Browser, createSessionStore, type SessionView } from './session-store.js'

/** One store per page, and none per request: a server never writes into it. */
const defaultStore = createSessionStore('/auth/session', undefined, thisBrowser)
const StoreContext = createContext(defaultStore)

export interface SessionProviderProps {
  /**
   * Where `GET session` of this app is, `basePath` included. Fixed at the first render.
   *
   * @defaultValue `/auth/session`
   */
  readonly path?: string
  /**
   * The session as the server rendered it (`await auth()`), null for a stranger: parts of the page are then right from
   * the first byte on, and nothing is asked at the start.
   */
  readonly initial?: Session | null | undefined
  readonly children?: ReactNode
}

/**
 * Another path than `/auth/session`, or a session that the server has rendered. Without either it is not needed.
 *
 * @throws TypeError if `path` is not a path of this app.
 */
export function SessionProvider({ path = '/auth/session', initial, children }: SessionProviderProps): ReactNode {
  const [store] = useState(() => createSessionStore(path, initial, thisBrowser))
  // The server renders again after an action or a refresh; the first one is in the store already.
  const received = useRef(initial)
  useEffect(() => {
    if (received.current === initial) return
    received.current = initial
    store.receive(initial)
  }, [store, initial])
  return createElement(StoreContext.Provider, { value: store }, children)
}

/**
 * Who is signed in, as far as this browser knows. All components of a page share one request to the kit's session
 * route; it is asked again when somebody comes back to the page. Tokens never come here.
 *
 * ```tsx
 * const { status, session } = useSession()
 * if (status === 'signed-in') return <p>Hello, {session.user.name}.</p>
 * ```
 */
export function useSession(): SessionView {
  const store = useContext(StoreContext)
  return useSyncExternalStore(store.subscribe, store.view, store.firstView)
}

function thisBrowser(): Browser {
  return { fetch: (input, init) => fetch(input, init), page: { window, document }, now: () => Date.now() / 1000 }
}
