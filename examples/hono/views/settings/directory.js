import { html } from 'hono/html'
import { settingsPage } from './frame.js'

/** The directories of the organization, and who of them is in the app's own table. */
export function directoryPage({ session, directories, people, comparison }) {
  const manages = session.permissions.includes('sk_org_scim_manage')
  const active = people.filter((person) => person.active)
  const body = html`<ul class="card rows">
${directories.length === 0 && html`<li class="soft">No directory yet.${manages && html` Connect one in the <a href="/settings/portal">admin portal</a>.`}</li>`}
${directories.map(
  ({ name, directoryProvider, enabled, id }) =>
    html`<li><b>${name ?? directoryProvider ?? id}</b> <span class="badge">${enabled ? 'on' : 'off'}</span> <code>${id}</code></li>`,
)}
</ul>
<h2>Synced people</h2>
<ul class="card rows">
${active.length === 0 && html`<li class="soft">Nobody is synced.</li>`}
${active.map(
  ({ id, email, givenName, familyName, groups }) =>
    html`<li id="${id}"><b>${[givenName, familyName].filter(Boolean).join(' ') || email}</b> <span class="soft">${email}</span> <span>${groups.map(({ name }) => html`<span class="badge">${name}</span> `)}</span></li>`,
)}
</ul>
${manages && directories.length > 0 && compareForm(comparison)}`
  return settingsPage({ title: 'Directory', path: '/settings/directory', session }, body)
}

function compareForm(comparison) {
  return html`<form class="actions" method="post" action="/settings/directory/compare">
<button>Compare with the directory</button>
${comparison && html`<p class="soft" role="status">Compared: ${comparison.created} new, ${comparison.updated} changed, ${comparison.deactivated} gone, ${comparison.unchanged} as before.${comparison.withheld && html` ${comparison.withheld.users} were kept, to be safe (${comparison.withheld.because}).`}</p>`}
</form>`
}
