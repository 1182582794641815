import { html } from './html.js'
import { layout } from './layout.js'

/** Who is signed in, from the app's own table. */
export function accountPage({ user }) {
  const body = html`<h1>Hello, ${user.name}.</h1>
<dl class="card facts">
<div><dt>E-mail address</dt><dd>${user.email ?? 'unknown'}</dd></div>
<div><dt>Organization</dt><dd>${user.organizationId ? html`<code>${user.organizationId}</code>` : 'none'}</dd></div>
<div><dt>Logs in with</dt><dd>${user.password ? 'a password' : 'single sign-on'}</dd></div>
<div><dt>Own user id</dt><dd><code>${user.id}</code></dd></div>
</dl>`
  return layout({ title: 'Account', user }, body)
}
