import { PluginError, type PluginKit } from '@scalegate/core/plugin'

/** Something that is to happen once, however often the button is pressed. */
export interface Submission {
  readonly organizationId: string
  /** What makes it the same one: who, where, and the key of the form or all that was typed. */
  readonly name: string
  /** All that was typed: with another one under the same name something is wrong. */
  readonly content: string
  /** Seconds for which it is remembered. */
  readonly seconds: number
}

/** What was submitted a moment ago. */
export interface Submissions {
  /** @throws PluginError idempotency_key_reused (409), and what the task throws */
  readonly once: (submission: Submission, task: () => Promise<void>) => Promise<void>
  /** What is submitted in this organization from now on is no second click: something was undone. */
  readonly forget: (organizationId: string) => void
}

interface Held {
  readonly organizationId: string
  readonly content: string
  readonly isDone: boolean
  readonly until: number
}

/** Longer than a task can take: one that was cut off on its way is forgotten. */
const longestTask = 60
const pause = 50

/**
 * Runs a task once for each submission, in this process: a second click waits for the first one and is answered like it; if
 * that one fails it tries itself (attack row 336). States are shared and not promises, which on workerd belong to a request.
 */
export function createSubmissions(kit: PluginKit): Submissions {
  const slot = () => kit.slot<Map<string, Held>>('submissions', () => new Map())
  const put = (name: string, held: Held) => {
    slot().delete(name)
    slot().set(name, held)
    for (const oldest of [...slot().keys()].slice(0, -10_000)) slot().delete(oldest)
  }
  const once: Submissions['once'] = async ({ organizationId, name, content, seconds }, task) => {
    for (;;) {
      const held = slot().get(name)
      if (held === undefined || held.until <= kit.clock()) break
      if (held.content !== content) throw reused()
      if (held.isDone) return
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    put(name, { organizationId, content, isDone: false, until: kit.clock() + longestTask })
    try {
      await task()
    } catch (error) {
      slot().delete(name)
      throw error
    }
    put(name, { organizationId, content, isDone: true, until: kit.clock() + seconds })
  }
  return {
    once,
    forget(organizationId) {
      for (const [name, held] of slot()) if (held.isDone && held.organizationId === organizationId) slot().delete(name)
    },
  }
}

function reused(): PluginError {
  const title = 'This form was sent before with something else in it. Load its page again.'
  return new PluginError({ code: 'idempotency_key_reused', status: 409, title, field: 'idempotency_key' })
}
