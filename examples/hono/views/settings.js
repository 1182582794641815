import { html } from 'hono/html'
import { layout } from './layout.js'

/** A menu of the hosted widgets this person may use; Scalekit hosts the pages behind it. */
export function settingsPage({ session, widgets }) {
  const body = html`<h1>Settings</h1>
<p class="soft">These pages are hosted by Scalekit. You see the ones your role gives you.</p>
<ul class="card rows">
${widgets.map(
  ({ title, access, href }) =>
    html`<li><a href="${href}"><b>${title}</b></a> <span class="badge">${access === 'manage' ? 'can change' : 'can view'}</span></li>`,
)}
</ul>`
  return layout({ title: 'Settings', session, path: '/settings' }, body)
}
