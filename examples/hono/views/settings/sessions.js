import { html } from 'hono/html'
import { settingsPage } from './frame.js'

const back = html`<input type="hidden" name="return_to" value="/settings/sessions">`

/** Where this person is signed in, in every app of the environment. */
export function sessionsPage({ session, sessions }) {
  const others = sessions.filter(({ isCurrent }) => !isCurrent)
  const body = html`<p class="soft">Signing out a device takes effect there at its next click.</p>
<ul class="card rows">
${sessions.map(row)}
</ul>
${
  others.length > 0 &&
  html`<form method="post" action="/auth/sessions/revoke-others">
${back}
<button>Sign out all other devices</button>
</form>`
}`
  return settingsPage({ title: 'Sessions', path: '/settings/sessions', session }, body)
}

function row({ id, isCurrent, device, createdAt, lastActiveAt }) {
  const { browser, os, ip, city } = device
  return html`<li><b>${[browser, os].filter(Boolean).join(' on ') || 'Unknown device'}</b>${isCurrent && html` <span class="badge">this device</span>`}
<span class="soft">${[city, ip].filter(Boolean).join(', ')}</span>
<span class="soft">since ${minute(createdAt)}, last seen ${minute(lastActiveAt ?? createdAt)}</span>
${
  !isCurrent &&
  html`<form method="post" action="/auth/sessions/revoke">
${back}
<input type="hidden" name="session_id" value="${id}">
<button>Sign out</button>
</form>`
}</li>`
}

/** Of an RFC 3339 instant. */
function minute(instant) {
  return instant && html`<time datetime="${instant}">${instant.slice(0, 16).replace('T', ' ')}</time>`
}
