import { href } from './href.js'
import { type Html, html } from './html.js'
import { buttonForm, card, copyField, selectField, tag } from './portal-form.js'
import type { PortalScim } from './portal-models.js'

type Directory = PortalScim['directories'][number]

/** Directory sync: the endpoint and its bearer token, who is synced, which group gives which role. */
export function scimSection({ providers, roles, domains, directories }: PortalScim, base: string): Html {
  return html`<header class="section-head"><h1>Directory sync</h1>
<p class="hint">${domains.length === 0 ? 'The organization has no verified domain yet, so that a directory may manage nobody.' : html`A directory manages people with an address of ${domains.join(', ')}.`}</p></header>
${directories.map((directory) => directoryCard(directory, roles, `${base}/${directory.id}`))}
${directories.length > 0 ? undefined : addForm(providers, base)}`
}

function addForm(options: PortalScim['providers'], base: string): Html {
  return html`<section class="sheet item" aria-labelledby="add-directory">
<h2 id="add-directory">Connect a directory</h2>
<form method="post" action="${href(`${base}/add`)}">
${selectField({ id: 'provider', name: 'provider', label: 'Directory provider', options })}
<button class="primary">Create directory</button>
</form>
</section>`
}

function directoryCard(directory: Directory, roles: readonly string[], path: string): Html {
  const { id, name, enabled, endpoint, secret, secretSuffixes, lastSyncedAt, groups } = directory
  return card({
    id,
    title: name,
    tags: [
      tag(enabled ? 'enabled' : 'disabled', enabled),
      tag(lastSyncedAt === undefined ? 'never synced' : `synced ${lastSyncedAt.slice(0, 19).replace('T', ' ')}`),
    ],
    content: html`<p class="hint"><code>${id}</code></p>
${copyField(`${id}-endpoint`, 'Endpoint URL', endpoint, 'The SCIM base URL for the directory provider.')}
${
  secret === undefined
    ? html`<p class="hint">Bearer tokens in use: ${secretSuffixes.map((suffix) => html`<code>…${suffix}</code> `)}</p>`
    : copyField(`${id}-secret`, 'Bearer token', secret, 'Copy it now: it is not shown again.')
}
${people(directory)}
${groups.length === 0 ? undefined : groupForm(directory, roles, path)}`,
    actions: [
      enabled ? buttonForm(`${path}/disable`, 'Disable') : buttonForm(`${path}/enable`, 'Enable', 'primary'),
      buttonForm(`${path}/secret`, 'New bearer token'),
      buttonForm(`${path}/delete`, 'Delete', 'danger'),
    ],
  })
}

function people({ id, users }: Directory): Html {
  if (users.length === 0) return html`<p class="hint">Nobody is synced yet.</p>`
  return html`<h3 id="${id}-people">Synced people</h3>
<ul class="people" aria-labelledby="${id}-people">
${users.map(
  ({
    email,
    name,
    active,
    groups,
  }) => html`<li><span class="who"><b>${name === '' ? email : name}</b> <small>${email}</small></span>
<span class="tags">${groups.map((group) => tag(group))}${tag(active ? 'active' : 'inactive', active)}</span></li>`,
)}
</ul>`
}

function groupForm({ id, groups }: Directory, roles: readonly string[], path: string): Html {
  const options = [{ value: '', label: 'no role' }, ...roles.map((role) => ({ value: role, label: role }))]
  return html`<h3 id="${id}-groups">Roles by group</h3>
<form method="post" action="${href(`${path}/roles`)}" aria-labelledby="${id}-groups">
<div class="pair">${groups.map((group) => selectField({ id: `${id}-${group.id}`, name: group.id, label: `${group.name} (${group.members})`, options, value: group.role }))}</div>
<button>Save roles</button>
</form>`
}
