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
  readonly forget: (organizationId: string) => Promise<void>
}

/** Longer than a task can take: one that was cut off on its way is forgotten. */
const longestTask = 60
/** The longest that anything is remembered. */
const longest = 86_400
const pause = 50

/**
 * Runs a task once for each submission, in whichever process: a second click waits for the first one and is answered like
 * it; if that one fails it tries itself (attack row 336).
 */
export function createSubmissions({ shared }: PluginKit): Submissions {
  /** Changed by `forget`, so that what was submitted before has another name. */
  const era = async (organizationId: string) => (await shared.get(`submissions of ${organizationId}`)) ?? ''

  return {
    async once({ organizationId, name, content, seconds }, task) {
      const key = `submission ${name} ${await era(organizationId)}`
      const typed = await digest(content)
      while (!(await shared.set(key, `running ${typed}`, longestTask, 'absent'))) {
        const [state, other] = ((await shared.get(key)) ?? '').split(' ')
        if (other !== undefined && other !== typed) throw reused()
        if (state === 'done') return
        await new Promise((resolve) => setTimeout(resolve, pause))
      }
      try {
        await task()
      } catch (error) {
        await shared.delete(key, { is: `running ${typed}` })
        throw error
      }
      await shared.set(key, `done ${typed}`, seconds)
    },
    async forget(organizationId) {
      await shared.set(`submissions of ${organizationId}`, crypto.randomUUID(), longest)
    },
  }
}

/** It has addresses of people in it, and may lie in a store. */
async function digest(content: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(content)))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function reused(): PluginError {
  const title = 'This form was sent before with something else in it. Load its page again.'
  return new PluginError({ code: 'idempotency_key_reused', status: 409, title, field: 'idempotency_key' })
}
