import { features } from '../seed/types.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import type { ControlPage } from './models.js'

interface Table {
  readonly id: string
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly Html[]
  readonly empty: string
  /** Stands beside the heading. */
  readonly action?: Html
}

/** A wide table scrolls inside its own box, which the keyboard can reach. */
export function table({ id, title, columns, rows, empty, action }: Table): Html {
  const content = html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>`
  return html`<section class="panel" aria-labelledby="${id}">
<div class="panel-head"><h2 id="${id}">${title} <i class="count">${rows.length}</i></h2>${action}</div>
${rows.length === 0 ? html`<p class="hint">${empty}</p>` : content}
</section>`
}

/** The time of day of an ISO instant; anything else as it came. */
export function timeOfDay(at: string): Html {
  const time = /T(\d\d:\d\d:\d\d)/.exec(at)?.[1] ?? at
  return html`<time datetime="${at}" title="${at}">${time}</time>`
}

/** `ok`, `moved`, `refused` or `failed`: colours only, the number is always there. */
function statusClass(status: number): string {
  if (status < 300) return 'ok'
  if (status < 400) return 'moved'
  return status < 500 ? 'refused' : 'failed'
}

/** Newest first by the number in the id: several requests share a second, and the clock may have been set back. */
export function requests(page: ControlPage): Html {
  const clear = html`<form data-request="DELETE /_emulator/requests"><button class="quiet">Clear</button></form>`
  return table({
    id: 'requests',
    title: 'Requests',
    columns: ['Time', 'Status', 'Request', 'Kind', 'ms', 'Note'],
    empty: 'No request yet.',
    ...(page.requests.length > 0 && { action: clear }),
    rows: [...page.requests]
      .sort((a, b) => b.id.localeCompare(a.id, 'en', { numeric: true }))
      .map(
        (row) => html`<tr id="request-${row.id}">
<td>${timeOfDay(row.at)}</td>
<td><i class="code ${statusClass(row.status)}">${row.status}</i></td>
<td class="path"><b>${row.method}</b> ${row.path}</td>
<td>${row.kind}</td>
<td class="number">${Math.round(row.durationMs)}</td>
<td class="note">${row.note}</td>
</tr>`,
      ),
  })
}

export function sessions(page: ControlPage): Html {
  return table({
    id: 'sessions',
    title: 'Sessions',
    columns: ['Person', 'Organization', 'Started', 'Status', 'Revoke'],
    empty: 'Nobody is logged in.',
    rows: page.sessions.map(
      (row) => html`<tr>
<td><b>${row.userName}</b><br><code>${row.id}</code></td>
<td>${row.organizationName}</td><td>${timeOfDay(row.startedAt)}</td>
<td><i class="tag">${row.status}</i></td>
<td>${row.status === 'active' ? revokeButtons(row) : undefined}</td>
</tr>`,
    ),
  })
}

function revokeButtons({ id, userName }: ControlPage['sessions'][number]): Html {
  return html`<form class="buttons" data-request="POST /_emulator/sessions/${encodeURIComponent(id)}/revoke" aria-label="Session of ${userName}, ${id}">
<button name="notify" value="true" data-type="boolean">Revoke</button>
<button name="notify" value="false" data-type="boolean" title="No back-channel logout is sent">Revoke silently</button>
</form>`
}

export function members(page: ControlPage): Html {
  return table({
    id: 'members',
    title: 'Members',
    columns: ['Person', 'Organization', 'Status', 'Roles'],
    empty: 'No organization has members.',
    rows: page.members.map((row) => {
      const path = `/_emulator/organizations/${encodeURIComponent(row.organizationId)}/members/${encodeURIComponent(row.userId)}`
      return html`<tr>
<td><b>${row.name}</b><br><small>${row.email}</small></td>
<td>${row.organizationName}</td>
<td><i class="tag">${row.status}</i></td>
<td><form class="checks" data-request="PUT ${path}" data-send-on="change" aria-label="Roles of ${row.name} in ${row.organizationName}">
${[...new Set([...row.knownRoles, ...row.roles])].map((role) => checkbox({ name: 'roles', value: role, type: 'list', label: role, checked: row.roles.includes(role) }))}
</form></td>
</tr>`
    }),
  })
}

export function organizations(page: ControlPage): Html {
  return table({
    id: 'organizations',
    title: 'Organizations',
    columns: ['Organization', 'Id', 'Features', 'SSO'],
    empty: 'No organization.',
    rows: page.organizations.map((row) => {
      const path = `PUT /_emulator/organizations/${encodeURIComponent(row.id)}`
      return html`<tr>
<td><b>${row.name}</b></td><td><code>${row.id}</code>${row.externalId === undefined ? undefined : html`<br><small>${row.externalId}</small>`}</td>
<td><form class="checks" data-request="${path}/features" data-send-on="change" aria-label="Features of ${row.name}">
${features.map((feature) => checkbox({ name: feature, value: 'on', type: 'boolean', label: feature, checked: row.features.includes(feature) }))}
</form></td>
<td>${row.ssoRequired === undefined ? undefined : ssoRequired(row.name, path, row.ssoRequired)}</td>
</tr>`
    }),
  })
}

function ssoRequired(name: string, path: string, required: boolean): Html {
  return html`<form class="checks" data-request="${path}/sso-required" data-send-on="change" aria-label="SSO of ${name}">
${checkbox({ name: 'required', value: 'on', type: 'boolean', label: 'required', checked: required })}
</form>`
}

interface Checkbox {
  readonly name: string
  readonly value: string
  /** How `controlScript` sends it: each name true or false, or one list of the checked values. */
  readonly type: 'boolean' | 'list'
  readonly label: string
  readonly checked: boolean
}

export function checkbox({ name, value, type, label, checked }: Checkbox): Html {
  const state = checked ? html` checked` : undefined
  return html`<label><input type="checkbox" name="${name}" value="${value}" data-type="${type}"${state}> ${label}</label>`
}

/** Newest first; a log keeps those of one second in the order they were sent. */
export function deliveries(page: ControlPage): Html {
  return table({
    id: 'deliveries',
    title: 'Deliveries to the app',
    columns: ['Time', 'Kind', 'To', 'Answer'],
    empty: 'No back-channel logout was sent.',
    rows: page.deliveries
      .toReversed()
      .sort((a, b) => b.at.localeCompare(a.at))
      .map(
        (row) =>
          html`<tr><td>${timeOfDay(row.at)}</td><td>${row.kind}</td><td class="path">${row.url}</td><td>${row.status}</td></tr>`,
      ),
  })
}

export function clients(page: ControlPage): Html {
  return table({
    id: 'clients',
    title: 'Clients',
    columns: ['Client', 'Redirect URIs', 'Back-channel logout'],
    empty: 'No client is registered.',
    rows: page.clients.map(
      (row) => html`<tr>
<td><b>${row.name}</b><br><code>${row.id}</code>${row.initiateLoginUri && initiateLogin(row.initiateLoginUri)}</td>
<td class="path">${row.redirectUris.map((uri) => html`<div>${uri}</div>`)}</td>
<td class="path">${row.backchannelLogoutUri ?? '–'}</td>
</tr>`,
    ),
  })
}

/** Where Scalekit sends a browser that comes from elsewhere than the app: with nothing, or with an error. */
function initiateLogin(uri: string): Html {
  const failed = `${uri}${uri.includes('?') ? '&' : '?'}error=access_denied&error_description=simulated`
  return html`<br><small><a href="${href(uri)}" title="${uri}">Initiate login</a>, <a href="${href(failed)}">with an error</a></small>`
}

export function machines(page: ControlPage): Html {
  return table({
    id: 'machines',
    title: 'Machine clients',
    columns: ['Client', 'Organization', 'Scopes', 'Audience'],
    empty: 'No organization has a machine client.',
    rows: page.machines.map(
      (row) => html`<tr>
<td><b>${row.name}</b><br><code>${row.id}</code></td>
<td>${row.organizationName}</td>
<td>${row.scopes.map((scope) => html`<i class="tag">${scope}</i> `)}</td>
<td class="path">${row.audience.join(' ')}</td>
</tr>`,
    ),
  })
}
