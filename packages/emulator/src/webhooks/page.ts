import { rfc3339 } from '../clock.js'
import type { Environment } from '../environment.js'
import type { ControlPage } from '../pages/index.js'
import { webhookEventTypes } from './catalog.js'

/** How many deliveries the page shows; the API gives them in full. */
const SHOWN = 50

/** The webhooks of the control page. */
export function webhooksPage({ webhooks, settings }: Environment): ControlPage['webhooks'] {
  return {
    endpoints: webhooks.endpoints.map(({ url }) => url),
    eventTypes: webhookEventTypes,
    isPaused: settings.webhooksPaused,
    deliveries: webhooks.sender.deliveries.all.slice(-SHOWN).map(({ id, type, url, state, attempts }) => {
      const last = attempts.at(-1)
      return {
        id,
        type,
        url,
        state,
        attempts: attempts.length,
        ...(last === undefined ? {} : { at: rfc3339(last.at), answer: String(last.status ?? last.error) }),
      }
    }),
  }
}
