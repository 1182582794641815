import { panel } from './control-panels.js'
import { table, timeOfDay } from './control-tables.js'
import { type Html, html } from './html.js'
import type { ControlPage } from './models.js'

/** Where events go, and a button for every event that Scalekit can send. */
export function webhooksPanel({ webhooks }: ControlPage): Html {
  return panel(
    'webhooks',
    'Webhooks',
    html`${endpoints(webhooks)}${webhooks.isPaused ? resume() : undefined}${send(webhooks)}`,
  )
}

function endpoints({ endpoints: urls }: ControlPage['webhooks']): Html {
  const known = html`<ul class="plain">${urls.map((url) => html`<li><code>${url}</code></li>`)}</ul>
<form class="buttons" data-request="DELETE /_emulator/webhooks"><button>Remove</button></form>`
  return html`${urls.length === 0 ? html`<p class="hint">Events go nowhere.</p>` : known}
<form class="field" data-request="PUT /_emulator/webhooks" aria-label="Set the webhook endpoint">
<label for="webhook-url">Endpoint, signing with the emulator's secret</label>
<input id="webhook-url" name="url" type="url" placeholder="http://localhost:3000/auth/webhooks" required>
<button>Send events here</button>
</form>`
}

function resume(): Html {
  return html`<form class="buttons" data-request="POST /_emulator/webhooks/resume" aria-label="Send what is queued">
<button name="order" value="as-happened">Resume</button>
<button name="order" value="reversed">Resume in reverse</button>
</form>`
}

function send({ eventTypes }: ControlPage['webhooks']): Html {
  return html`<form class="buttons" data-request="POST /_emulator/webhooks/send" aria-label="Send an event">
${eventTypes.map((type) => html`<button name="type" value="${type}">${type}</button>`)}
</form>`
}

/** Newest first. */
export function webhookDeliveries({ webhooks }: ControlPage): Html {
  const clear = html`<form data-request="DELETE /_emulator/webhooks/deliveries"><button class="quiet">Clear</button></form>`
  return table({
    id: 'webhook-deliveries',
    title: 'Webhook deliveries',
    columns: ['Time', 'Event', 'To', 'State', 'Answer', 'Replay'],
    empty: 'No webhook was sent.',
    ...(webhooks.deliveries.length > 0 && { action: clear }),
    rows: webhooks.deliveries.toReversed().map(
      (row) => html`<tr>
<td>${row.at === undefined ? undefined : timeOfDay(row.at)}</td>
<td><b>${row.type}</b><br><code>${row.id}</code></td>
<td class="path">${row.url}</td>
<td><i class="tag">${row.state}</i> ${row.attempts > 1 ? `×${row.attempts}` : undefined}</td>
<td>${row.answer}</td>
<td><form data-request="POST /_emulator/webhooks/replay" aria-label="Replay ${row.id}"><button name="id" value="${row.id}">Replay</button></form></td>
</tr>`,
    ),
  })
}
