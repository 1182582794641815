import { panel } from './control-panels.js'
import type { SelfServeBoard } from './control-self-serve-models.js'
import { table, timeOfDay } from './control-tables.js'
import { type Html, html } from './html.js'
import type { ControlPage } from './models.js'

const at = (...parts: readonly string[]) => `/_emulator/${parts.map(encodeURIComponent).join('/')}`
const state = (text: string, strong = false) => html`<i class="tag${strong ? ' strong' : undefined}">${text}</i> `

/** A button that sets one boolean. */
function flagForm(request: string, field: { readonly name: string; readonly value: boolean }, label: string): Html {
  return html`<form data-request="${request}"><button name="${field.name}" value="${String(field.value)}" data-type="boolean">${label}</button></form>`
}

function removeForm(path: string, label: string): Html {
  return html`<form data-request="DELETE ${path}"><button class="danger">${label}</button></form>`
}

/** Connections, domains, directories and who is in the admin portal. */
export function selfServeTables({ selfServe }: ControlPage): readonly Html[] {
  return [connections(selfServe), domains(selfServe), ...selfServe.directories.map(directory), portal(selfServe)]
}

function connections({ connections: rows }: SelfServeBoard): Html {
  return table({
    id: 'connections',
    title: 'Connections',
    columns: ['Connection', 'Organization', 'State', 'Switch'],
    empty: 'No organization has single sign-on.',
    rows: rows.map(
      (row) => html`<tr>
<td><b>${row.title}</b><br><code>${row.id}</code></td>
<td>${row.organizationName}</td>
<td>${state(row.status.toLowerCase())}${state(row.enabled ? 'enabled' : 'disabled', row.enabled)}${row.isUsed ? state('used', true) : undefined}</td>
<td><div class="buttons">${flagForm(`PUT ${at('connections', row.id, 'enabled')}`, { name: 'enabled', value: !row.enabled }, row.enabled ? 'Disable' : 'Enable')}
${removeForm(at('connections', row.id), 'Delete')}</div></td>
</tr>`,
    ),
  })
}

function domains({ domains: rows }: SelfServeBoard): Html {
  return table({
    id: 'domains',
    title: 'Domains',
    columns: ['Domain', 'Organization', 'State', 'DNS'],
    empty: 'No organization has a domain.',
    rows: rows.map((row) => {
      const verify = `POST ${at('domains', row.id, 'verify')}`
      const answers = html`${flagForm(verify, { name: 'found', value: true }, 'Verify now')}
${flagForm(verify, { name: 'found', value: false }, 'Let it fail')}`
      return html`<tr>
<td><b>${row.name}</b><br><code>${row.id}</code></td>
<td>${row.organizationName}</td>
<td>${state(row.status.toLowerCase(), row.status === 'VERIFIED')}<br><small>${row.type}</small></td>
<td><div class="buttons">${row.status === 'PENDING' ? answers : undefined}${removeForm(at('domains', row.id), 'Delete')}</div></td>
</tr>`
    }),
  })
}

/** One directory with its people; whoever is added or changed here goes through the code of the SCIM endpoint. */
function directory(row: SelfServeBoard['directories'][number]): Html {
  const { id, name, organizationName, enabled, endpoint, users } = row
  const path = at('directories', id)
  const action = html`<div class="buttons">${flagForm(`PUT ${path}/enabled`, { name: 'enabled', value: !enabled }, enabled ? 'Disable' : 'Enable')}
${removeForm(path, 'Delete')}</div>`
  const people = table({
    id,
    title: `${name} of ${organizationName}`,
    columns: ['Person', 'Groups', 'State', 'Change'],
    empty: 'Nobody is in this directory.',
    action,
    rows: users.map((user) => {
      const at = `${path}/users/${encodeURIComponent(user.id)}`
      return html`<tr>
<td><b>${user.name}</b><br><small>${user.email}</small></td>
<td>${user.groups.map((group) => state(group))}</td>
<td>${state(user.active ? 'active' : 'inactive', user.active)}</td>
<td><div class="buttons">${flagForm(`PATCH ${at}`, { name: 'active', value: !user.active }, user.active ? 'Switch off' : 'Switch on')}
${removeForm(at, 'Remove')}</div></td>
</tr>`
    }),
  })
  return html`${people}
<form class="panel" data-request="POST ${path}/users" aria-label="Add somebody to ${name} of ${organizationName}">
<div class="pair">
<div class="field"><label for="${id}-email">E-mail address</label> <input id="${id}-email" name="email" type="email" autocomplete="off" required></div>
<div class="field"><label for="${id}-given">Given name</label> <input id="${id}-given" name="givenName" autocomplete="off"></div>
<div class="field"><label for="${id}-family">Family name</label> <input id="${id}-family" name="familyName" autocomplete="off"></div>
</div>
<button>Add to the directory</button> <small class="path">${endpoint}</small>
</form>`
}

function portal({ portalSessions, portalLinks }: SelfServeBoard): Html {
  const sessions = portalSessions.toReversed().map(
    (row) => html`<tr>
<td><code>${row.id}</code></td><td>${row.organizationName}</td>
<td>${state(row.isOpen ? 'in the portal' : 'over', row.isOpen)}</td>
<td>until ${timeOfDay(row.until)}</td>
<td>${row.isOpen ? html`<form data-request="POST ${at('portal-sessions', row.id, 'expire')}"><button>Expire now</button></form>` : undefined}</td>
</tr>`,
  )
  const links = portalLinks.toReversed().map(
    (row) => html`<tr>
<td><code>${row.id}</code></td><td>${row.organizationName}</td><td>${state(row.state)}</td>
<td>made ${timeOfDay(row.at)}</td><td></td>
</tr>`,
  )
  return table({
    id: 'portal',
    title: 'Admin portal',
    columns: ['Session or link', 'Organization', 'State', 'Time', 'Change'],
    empty: 'No link was made. Links are shown without their secret end.',
    rows: [...sessions, ...links],
  })
}

/** Makes directories and connections for an organization, as its admin would. */
export function selfServePanel({ organizations }: ControlPage): Html {
  const options = organizations.map(({ id, name }) => html`<option value="${id}">${name}</option>`)
  const organization = (form: string) => html`<label for="${form}-organization">Organization</label>
<select id="${form}-organization" name="organizationId">${options}</select>`
  return panel(
    'self-serve',
    'Set up for a customer',
    html`<form class="field" data-request="POST /_emulator/connections" aria-label="Add a connection">
${organization('connection')}
<button>Add and enable a connection</button>
</form>
<form class="field" data-request="POST /_emulator/directories" aria-label="Add a directory">
${organization('directory')}
<button>Add and enable a directory</button>
</form>
<form class="field" data-request="POST /_emulator/domains" aria-label="Add a domain">
${organization('domain')}
<label for="domain-name">Domain</label> <input id="domain-name" name="domain" autocomplete="off" required>
<button name="by" value="ADMIN">Add as verified</button>
<button name="by" value="DNS">Add as pending</button>
</form>`,
  )
}
