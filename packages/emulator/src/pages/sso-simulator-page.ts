import { href } from './href.js'
import { html } from './html.js'
import { layout, textField } from './layout.js'
import type { SsoSimulatorPage } from './models.js'

/** The customer's identity provider, simulated: which identity it asserts, or with which error it fails. */
export function renderSsoSimulator(page: SsoSimulatorPage): string {
  const body = html`<section class="sheet">
<p class="eyebrow">Simulated identity provider</p>
<h1>${page.organizationName}</h1>
<p class="asked"><span>connection</span> <code>${page.connectionId}</code></p>
<form method="post" action="${href(page.action)}">
${textField({ id: 'email', name: 'email', label: 'E-mail address', value: page.email, type: 'email', autocomplete: 'off' })}
<div class="pair">
${textField({ id: 'given-name', name: 'given_name', label: 'Given name', value: page.givenName, type: 'text', autocomplete: 'off', optional: true })}
${textField({ id: 'family-name', name: 'family_name', label: 'Family name', value: page.familyName, type: 'text', autocomplete: 'off', optional: true })}
</div>
<div class="field">
<label for="outcome">The identity provider answers</label>
<select id="outcome" name="outcome">
<option value="success">success: this person is signed in</option>
<optgroup label="Errors">
${page.outcomes.filter((code) => code !== 'success').map((code) => html`<option value="${code}">${code}</option>`)}
</optgroup>
</select>
</div>
<button class="primary">Send the answer</button>
</form>
</section>`
  return layout({ title: `Identity provider of ${page.organizationName}`, shape: 'card', body })
}
