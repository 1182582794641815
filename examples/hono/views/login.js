import { html } from 'hono/html'
import { layout } from './layout.js'

/** Asks who it is first: people whose company has single sign-on are led to it, everybody else to the other ways. */
export function loginPage() {
  const body = html`<section class="hero">
<h1>Log in</h1>
<p>With your work address we find the login of your company.</p>
<form class="card inline" method="post" action="/auth/sso">
<input type="hidden" name="return_to" value="/projects">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" required maxlength="254" autocomplete="username">
<button class="primary">Continue</button>
</form>
<p><a href="/auth/login?return_to=/projects">Other ways to log in</a></p>
</section>`
  return layout({ title: 'Log in', path: '/login' }, body)
}
