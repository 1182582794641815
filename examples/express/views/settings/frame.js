import { html } from '../html.js'
import { layout } from '../layout.js'

/** The app's own pages about an organization and its people, and what a person needs one of to open them. */
const pages = [
  {
    href: '/settings/organization',
    title: 'Organization',
    about: 'Name, features, session policy',
    anyOf: ['sk_org_settings_read', 'sk_org_settings_manage'],
  },
  {
    href: '/settings/members',
    title: 'Members',
    about: 'Invitations, roles, removal',
    anyOf: ['sk_org_users_read'],
  },
  {
    href: '/settings/portal',
    title: 'Admin portal',
    about: 'Single sign-on, directory sync and domains',
    anyOf: ['sk_org_sso_manage', 'sk_org_scim_manage'],
  },
  {
    href: '/settings/directory',
    title: 'Directory',
    about: 'People who are synced from your directory',
    anyOf: ['sk_org_scim_read', 'sk_org_scim_manage'],
  },
  { href: '/settings/sessions', title: 'Sessions', about: 'Where you are signed in' },
]

export function pagesFor({ permissions }) {
  return pages.filter(({ anyOf }) => anyOf === undefined || anyOf.some((name) => permissions.includes(name)))
}

/** A page of the settings, with the others beside it. */
export function settingsPage({ title, path, session, script }, body) {
  const tabs = html`<nav class="tabs" aria-label="Settings">${pagesFor(session).map(
    ({ href, title }) => html`<a href="${href}"${href === path && html` aria-current="page"`}>${title}</a>`,
  )}</nav>`
  return layout(
    { title, session, path: '/settings', script },
    html`${tabs}
<h1>${title}</h1>
${body}`,
  )
}
