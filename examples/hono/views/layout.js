import { html } from 'hono/html'

const sections = [
  { href: '/projects', label: 'Projects' },
  { href: '/members', label: 'Members' },
  { href: '/activity', label: 'Activity' },
  { href: '/settings', label: 'Settings' },
]
const backOffice = { href: '/staff/customers', label: 'Customers' }

/** The frame around every page. `session` is null for strangers, undefined where it is not known. */
export function layout({ title, session, path, script }, body) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Plainboard</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<link rel="stylesheet" href="/settings.css">
${script && html`<script src="${script}" type="module"></script>`}
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="bar">
<a class="brand" href="/">Plainboard</a>
${session && navigation(session, path)}
${session === null && html`<a class="button" href="/auth/login?return_to=/projects">Log in</a>`}
${session && account(session)}
</header>
<main id="content">
${body}
</main>
<footer>An example app. Login, sessions and permissions by Scalegate; identities by Scalekit.</footer>
</body>
</html>
`
}

function navigation(session, path) {
  const shown = isStaff(session) ? [...sections, backOffice] : sections
  return html`<nav aria-label="Sections">${shown.map(
    ({ href, label }) => html`<a href="${href}"${href === path && html` aria-current="page"`}>${label}</a>`,
  )}</nav>`
}

/** Hides and does not protect: the guards are in `staff/router.js`. */
function isStaff({ organizationId, roles }) {
  const own = process.env.STAFF_ORGANIZATION
  return Boolean(own) && organizationId === own && roles.includes('admin')
}

/** Logging out changes state, so it is a form with a button and never a link. */
function account({ user, organizationId }) {
  return html`<div class="account">
<details class="menu">
<summary>${user.name ?? user.email ?? user.id}</summary>
<div class="card">
<p>Organization <code>${organizationId ?? 'none'}</code></p>
<a href="/auth/switch-organization?return_to=/projects">Switch organization</a>
</div>
</details>
<form method="post" action="/auth/logout"><button>Log out</button></form>
</div>`
}
