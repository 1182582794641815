import { href } from './href.js'
import { html } from './html.js'
import { errorMessage, layout, textField } from './layout.js'
import type { SignUpPage } from './models.js'

/** A new person and a new organization in one step. */
export function renderSignUp({ action, logInPath, values, error }: SignUpPage): string {
  const body = html`<section class="sheet">
<h1>Sign up</h1>
<p class="hint">Makes a person and an organization in the emulator's memory. Both are gone after a reset.</p>
${errorMessage(error)}
<form method="post" action="${href(action)}">
${textField({ id: 'email', name: 'email', label: 'E-mail address', value: values.email, type: 'email', autocomplete: 'email' })}
<div class="pair">
${textField({ id: 'given-name', name: 'given_name', label: 'Given name', value: values.givenName, type: 'text', autocomplete: 'given-name' })}
${textField({ id: 'family-name', name: 'family_name', label: 'Family name', value: values.familyName, type: 'text', autocomplete: 'family-name' })}
</div>
${textField({
  id: 'organization-name',
  name: 'organization_name',
  label: 'Organization',
  value: values.organizationName,
  type: 'text',
  autocomplete: 'organization',
})}
<button class="primary">Sign up</button>
</form>
<div class="after"><p>Seeded already? <a href="${href(logInPath)}">Log in</a></p></div>
</section>`
  return layout({ title: 'Sign up', shape: 'card', body })
}
