import { panel } from './control-panels.js'
import { checkbox, table } from './control-tables.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import type { ControlPage } from './models.js'

/** Invites somebody; the link is then in the table of invitations. */
export function invitePanel({ invitations, organizations }: ControlPage): Html {
  return panel(
    'invite',
    'Invite somebody',
    html`<form class="field" data-request="POST /_emulator/invitations" aria-label="Invite somebody">
<label for="invite-email">E-mail address</label>
<input id="invite-email" name="email" type="email" autocomplete="off" required>
<label for="invite-organization">Organization</label>
<select id="invite-organization" name="organizationId">${organizations.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}</select>
<div class="checks">${invitations.roles.map((role) => checkbox({ name: 'roles', value: role, type: 'list', label: role, checked: false }))}</div>
<button>Make the link</button>
</form>`,
  )
}

/** The mail itself, as far as it matters here. */
function mailLine({ organizationName, inviterEmail, mails }: ControlPage['invitations']['rows'][number]): string {
  const by = inviterEmail === undefined ? '' : `${inviterEmail}: `
  return `${by}Join ${organizationName}${mails > 1 ? ` (sent ${mails} times)` : ''}`
}

/** Newest first. */
export function invitationTable({ invitations }: ControlPage): Html {
  return table({
    id: 'invitations',
    title: 'Invitations',
    columns: ['Mail to', 'Organization', 'Roles', 'State', 'Link'],
    empty: 'Nobody is invited.',
    rows: invitations.rows.toReversed().map(
      (row) => html`<tr>
<td><b>${row.email}</b><br><small>${mailLine(row)}</small></td><td>${row.organizationName}</td>
<td>${row.roles.map((role) => html`<i class="tag">${role}</i> `)}</td>
<td><i class="tag">${row.state}</i></td>
<td><a class="button" href="${href(row.path)}">Open the link</a></td>
</tr>`,
    ),
  })
}
