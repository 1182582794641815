import { PluginError, type PluginKit } from '@scalegate/core/plugin'

/** Something that is to happen once, however often the button is pressed. */
export interface Submission {
  /** What makes it the same one: who, where, and the key of the form or all that was typed. */
  readonly name: string
  /** All that was typed: with another one under the same name something is wrong. */
  readonly content: string
  /** Seconds for which it is remembered. */
  readonly seconds: number
}

interface Held {
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
 *
 * @throws PluginError idempotency_key_reused (409)
 */
export function createSubmissions(
  kit: PluginKit,
): (submission: Submission, task: () => Promise<void>) => Promise<void> {
  const slot = () => kit.slot<Map<string, Held>>('submissions', () => new Map())
  const put = (name: string, held: Held) => {
    slot().delete(name)
    slot().set(name, held)
    for (const oldest of [...slot().keys()].slice(0, -10_000)) slot().delete(oldest)
  }
  return async ({ name, content, seconds }, task) => {
    for (;;) {
      const held = slot().get(name)
      if (held === undefined || held.until <= kit.clock()) break
      if (held.content !== content) throw reused()
      if (held.isDone) return
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    put(name, { content, isDone: false, until: kit.clock() + longestTask })
    try {
      await task()
    } catch (error) {
      slot().delete(name)
      throw error
    }
    put(name, { content, isDone: true, until: kit.clock() + seconds })
  }
}

function reused(): PluginError {
  const title = 'This form was sent before with something else in it. Load its page again.'
  return new PluginError({ code: 'idempotency_key_reused', status: 409, title, field: 'idempotency_key' })
}
