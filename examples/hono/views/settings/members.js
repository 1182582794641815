import { html } from 'hono/html'
import { settingsPage } from './frame.js'

const path = '/settings/members'
const back = html`<input type="hidden" name="return_to" value="${path}">`
const statuses = { PENDING_INVITE: 'invited', INVITE_EXPIRED: 'invitation expired', INACTIVE: 'inactive' }

/** Everybody in the organization; `roles` are those this person may give. */
export function membersPage({ session, may, members, roles, nextPageToken }) {
  const body = html`${may('invite') ? inviteForm(roles) : html`<p class="soft">Your role may look at members, not invite them.</p>`}
<ul class="card rows">
${members.map((member) => row(member, { may, roles }))}
</ul>
${nextPageToken && html`<p><a class="button" href="${path}?page_token=${encodeURIComponent(nextPageToken)}">More members</a></p>`}`
  return settingsPage({ title: 'Members', path, session }, body)
}

/** The key is the form's: pressed twice, it invites once. */
function inviteForm(roles) {
  return html`<form class="card inline" method="post" action="/auth/members/invite">
${back}
<input type="hidden" name="idempotency_key" value="${crypto.randomUUID()}">
<label for="email">Invite</label>
<input id="email" name="email" type="email" placeholder="name@example.com" required maxlength="254" autocomplete="off">
<select name="roles" aria-label="Role">
${roles.map((role) => html`<option value="${role.name}"${role.isDefault && html` selected`}>${nameOf(role)}</option>`)}
</select>
<button class="primary">Send invitation</button>
</form>`
}

function row(member, { may, roles }) {
  const { id, name, email, status, isYou } = member
  const isOpen = status === 'PENDING_INVITE' || status === 'INVITE_EXPIRED'
  const actions = [
    may('role_change') && roleForm(member, roles),
    may('invite') && isOpen && buttonForm('/auth/members/resend-invite', id, 'Send again'),
    may('delete') && buttonForm('/auth/members/remove', id, isOpen ? 'Withdraw invitation' : 'Remove', 'remove'),
  ].filter(Boolean)
  return html`<li class="person"><span><b>${name ?? email}</b>${isYou && html` <span class="badge">you</span>`}${statuses[status] && html` <span class="badge">${statuses[status]}</span>`}
${name && html`<span class="soft">${email}</span>`}</span>
<span class="soft">${member.roles.map(nameOf).join(', ')}</span>
${
  !isYou &&
  actions.length > 0 &&
  html`<details>
<summary aria-label="Change ${name ?? email}">Change</summary>
<div class="actions">${actions}</div>
</details>`
}</li>`
}

/** What is sent are all the roles of the member from then on: those this person may not give are kept as they are. */
function roleForm({ id, roles: held }, roles) {
  const kept = held.filter(({ name }) => !roles.some((role) => role.name === name))
  return html`<form method="post" action="/auth/members/change-roles">
${back}
<input type="hidden" name="user_id" value="${id}">
${kept.map(({ name }) => html`<input type="hidden" name="roles" value="${name}">`)}
${roles.map(
  (role) =>
    html`<label><input type="checkbox" name="roles" value="${role.name}"${held.some(({ name }) => name === role.name) && html` checked`}> ${nameOf(role)}</label>`,
)}
<button>Save roles</button>
</form>`
}

function buttonForm(action, id, label, kind = '') {
  return html`<form method="post" action="${action}">
${back}
<input type="hidden" name="user_id" value="${id}">
<button class="${kind}">${label}</button>
</form>`
}

function nameOf({ name, displayName }) {
  return displayName ?? name
}
