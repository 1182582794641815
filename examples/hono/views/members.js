import { html } from 'hono/html'
import { layout } from './layout.js'

/** Who of the session's organization has logged in here. */
export function membersPage({ session, members }) {
  const body = html`<h1>Members</h1>
<p class="soft">People of your organization who have used this app. Invite and remove them in the <a href="/settings/members">settings</a>.</p>
<ul class="card rows">
${members.map(
  ({ id, name, email }) =>
    html`<li><b>${name}</b>${id === session.user.id && html` <span class="badge">you</span>`} <span class="soft">${email}</span></li>`,
)}
</ul>`
  return layout({ title: 'Members', session, path: '/members' }, body)
}
