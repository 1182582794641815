import { html } from './html.js'
import { layout } from './layout.js'

/** The start page. */
export function homePage({ user }) {
  const body = html`<section class="hero">
<h1>An app that already had logins.</h1>
<p>People with a password log in as they always did. People of a customer with single sign-on come through their own
identity provider, and end in the same session.</p>
<p><a class="button primary" href="/account">Open your account</a></p>
</section>`
  return layout({ title: 'Home', user }, body)
}
