import { html } from 'hono/html'
import { layout } from '../layout.js'
import { pagesFor } from './frame.js'

/** What this person may open: pages of the app, and pages that Scalekit hosts. */
export function menuPage({ session, widgets }) {
  const body = html`<h1>Settings</h1>
<p class="soft">You see what your role gives you.</p>
<ul class="card rows">
${pagesFor(session).map(
  ({ href, title, about }) => html`<li><a href="${href}"><b>${title}</b></a> <span class="soft">${about}</span></li>`,
)}
</ul>
<h2>Hosted by Scalekit</h2>
<ul class="card rows">
${widgets.map(
  ({ title, access, href }) =>
    html`<li><a href="${href}"><b>${title}</b></a> <span class="badge">${access === 'manage' ? 'can change' : 'can view'}</span></li>`,
)}
</ul>`
  return layout({ title: 'Settings', session, path: '/settings' }, body)
}
