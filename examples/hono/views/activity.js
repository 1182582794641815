import { html } from 'hono/html'
import { layout } from './layout.js'

/** What Scalekit told the app about the session's organization. */
export function activityPage({ session, events }) {
  const body = html`<h1>Activity</h1>
<p class="soft">The last webhooks about your organization: who came, who went, what changed.</p>
<ul class="card rows">
${events.length === 0 && html`<li class="soft">Nothing has happened since this app was started.</li>`}
${events.map(
  ({ id, type, text, occurredAt }) =>
    html`<li id="${id}"><b>${text}</b> <code>${type}</code> <time class="soft" datetime="${occurredAt}">${occurredAt.slice(11, 19)}</time></li>`,
)}
</ul>`
  return layout({ title: 'Activity', session, path: '/activity' }, body)
}
