import { html } from 'hono/html'
import { layout } from './layout.js'

/** The start page: what this is for strangers, who they are for people who are signed in. */
export function homePage({ session }) {
  return layout({ title: 'Home', session, path: '/' }, session ? welcome(session) : introduction())
}

function introduction() {
  return html`<section class="hero">
<h1>Projects, one organization at a time.</h1>
<p>A small B2B app to copy from: people log in through Scalekit, work in their organization, and see what their role allows.</p>
<p><a class="button primary" href="/login">Log in</a></p>
</section>
<ul class="grid">
<li class="card"><h2>Projects</h2><p>Open to everybody who is signed in. New ones need <code>projects:create</code>, deleting one a login of the last five minutes.</p></li>
<li class="card"><h2>Members</h2><p>Open to holders of <code>sk_org_users_read</code>; others get a 403.</p></li>
<li class="card"><h2>Settings</h2><p>Members, single sign-on, directory and sessions: on pages of the app, and in Scalekit's hosted widgets.</p></li>
</ul>`
}

function welcome({ user, organizationId, roles, permissions }) {
  return html`<h1>Hello, ${user.givenName ?? user.name ?? user.email}.</h1>
<dl class="card facts">
<div><dt>Signed in as</dt><dd>${user.name} <span class="soft">${user.email}</span></dd></div>
<div><dt>Organization</dt><dd><code>${organizationId ?? 'none'}</code></dd></div>
<div><dt>Role</dt><dd>${badges(roles)}</dd></div>
<div><dt>Permissions</dt><dd>${badges(permissions)}</dd></div>
</dl>
<p><a class="button primary" href="/projects">Open projects</a></p>`
}

function badges(names) {
  return names.length === 0 ? 'none' : names.map((name) => html`<span class="badge">${name}</span> `)
}
