import { avatar } from './avatar.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import { errorMessage, layout, textField } from './layout.js'
import type { LoginPage, Person } from './models.js'

/**
 * Who logs in: a button for each seeded person, or an e-mail address.
 * Two forms, because Enter in the e-mail field would otherwise press the first person's button.
 */
export function renderLogin(page: LoginPage): string {
  const askedFor =
    page.askedFor && html`<p class="asked"><span>${page.askedFor.label}</span> <code>${page.askedFor.value}</code></p>`
  const body = html`<section class="sheet">
<h1>Log in to <em>${page.clientName}</em></h1>
${askedFor}
${errorMessage(page.error)}
${page.people.length === 0 ? html`<p class="hint">Nobody is seeded. Type an e-mail address or sign up.</p>` : people(page)}
<form method="post" action="${href(page.action)}">
${textField({
  id: 'email',
  name: 'email',
  label: 'E-mail address',
  value: page.loginHint ?? '',
  type: 'email',
  autocomplete: 'username',
  hint: 'An address of an SSO domain goes on to its simulated identity provider.',
})}
<button class="primary">Continue</button>
</form>
<div class="after">
<p>No account? <a href="${href(page.signUpPath)}">Sign up</a></p>
<form method="post" action="${href(page.cancelAction)}"><button class="quiet">Cancel</button></form>
</div>
</section>`
  return layout({ title: `Log in to ${page.clientName}`, shape: 'card', body })
}

function people(page: LoginPage): Html {
  return html`<form method="post" action="${href(page.action)}">
<h2 id="people">Continue as</h2>
<ul class="choices" aria-labelledby="people">
${page.people.map((person) => choice(person, page.loginHint))}
</ul>
</form>
<p class="or"><span>or</span></p>`
}

function choice(person: Person, loginHint: string | undefined): Html {
  const hinted = loginHint !== undefined && person.email.toLowerCase() === loginHint.toLowerCase()
  return html`<li><button class="choice" name="user" value="${person.id}">
${avatar(person.id, person.name)}
<span class="who"><b>${person.name}</b> <small>${person.email}</small></span>
<span class="tags">${hinted ? html`<i class="tag strong">login_hint</i>` : undefined}${person.organizations.map((name) => html`<i class="tag">${name}</i>`)}</span>
</button></li>`
}
