import { html } from './html.js'
import { layout } from './layout.js'

/**
 * The login page, with two ways in. `posted_form` asks the kit for a page that moves on: the address of an identity
 * provider is never in `form-action 'self'`, helmet's default, which follows the redirects of a form to their end.
 */
export function loginPage({ returnTo, failed = false }) {
  const target = typeof returnTo === 'string' && html`<input type="hidden" name="return_to" value="${returnTo}">`
  const body = html`<h1>Log in</h1>
${failed && html`<p class="message" role="alert">This address and password do not belong together.</p>`}
<div class="grid">
<form class="card stack" method="post" action="/login">
<h2>With a password</h2>
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
${target}
<button>Log in</button>
</form>
<form class="card stack" action="/auth/login">
<h2>With single sign-on</h2>
<label for="login_hint">Work e-mail address</label>
<input id="login_hint" name="login_hint" type="email" autocomplete="email" required>
<input type="hidden" name="posted_form" value="1">
${target}
<button class="primary">Continue with SSO</button>
</form>
</div>`
  return layout({ title: 'Log in' }, body)
}
