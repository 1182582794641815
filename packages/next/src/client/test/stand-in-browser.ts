import type { SessionAnswer } from '../session-state.js'
import type { Browser } from '../session-store.js'

/** A browser without pages: its questions wait to be answered, its clock stands still until it is moved. */
export interface StandInBrowser {
  readonly browser: () => Browser
  /** What was asked: path and options. */
  readonly asked: readonly (readonly [path: unknown, options: RequestInit | undefined])[]
  /** Answers the question number `index`, by default the last one; `undefined` is a 503. */
  readonly answer: (session: SessionAnswer, index?: number) => Promise<void>
  readonly respond: (response: Response | Error, index?: number) => Promise<void>
  readonly pass: (seconds: number) => void
  readonly setVisible: (visible: boolean) => void
  readonly emit: (target: 'window' | 'document', type: string, members?: object) => void
}

export function standInBrowser(): StandInBrowser {
  const asked: (readonly [unknown, RequestInit | undefined])[] = []
  const waiting: ((response: Response | Error) => void)[] = []
  const window = new EventTarget()
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  let seconds = 1_800_000_000

  const fetch = (input: unknown, options?: RequestInit) => {
    asked.push([input, options])
    return new Promise<Response>((resolve, reject) => {
      waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)))
    })
  }
  const respond = async (response: Response | Error, index = waiting.length - 1) => {
    waiting[index]?.(response)
    // Reading a body takes some turns.
    await new Promise((resolve) => setTimeout(resolve, 0))
  }

  return {
    browser: () => ({ fetch, page: { window, document }, now: () => seconds }),
    asked,
    respond,
    answer: (session, index) =>
      respond(session === undefined ? new Response('', { status: 503 }) : Response.json({ session }), index),
    pass: (more) => {
      seconds += more
    },
    setVisible: (visible) => {
      document.visibilityState = visible ? 'visible' : 'hidden'
    },
    emit: (target, type, members = {}) => {
      const event = Object.assign(new Event(type), members)
      ;(target === 'window' ? window : document).dispatchEvent(event)
    },
  }
}
