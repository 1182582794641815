import { avatar } from './avatar.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import { errorMessage, layout, textField } from './layout.js'
import type { IdpPortalPage, IdpPortalsPage } from './models.js'

/** Whose identity provider? */
export function renderIdpPortals({ portals }: IdpPortalsPage): string {
  const list = html`<ul class="choices" aria-label="Organizations">
${portals.map(
  ({ path, organizationId, organizationName, domains }) => html`<li><a class="button choice" href="${href(path)}">
${avatar(organizationId, organizationName)}
<span class="who"><b>${organizationName}</b> <small>${domains.join(', ')}</small></span>
</a></li>`,
)}
</ul>`
  const body = html`<section class="sheet">
<p class="eyebrow">Simulated identity providers</p>
<h1>Open a portal</h1>
<p class="hint">Logins that begin at the customer's identity provider instead of at the app.</p>
${portals.length === 0 ? html`<p class="hint">No organization has a connection.</p>` : list}
</section>`
  return layout({ title: 'Identity-provider portals', shape: 'card', body })
}

/** What a customer's people see at their identity provider: a tile for each app. */
export function renderIdpPortal(page: IdpPortalPage): string {
  const body = html`<section class="sheet">
<p class="eyebrow">Simulated identity provider</p>
<h1>Apps of ${page.organizationName}</h1>
<p class="asked"><span>connection</span> <code>${page.connectionId}</code></p>
${errorMessage(page.error)}
<form method="post" action="${href(page.action)}">
${textField({
  id: 'email',
  name: 'email',
  label: 'E-mail address',
  value: page.email,
  type: 'email',
  autocomplete: 'off',
  hint: 'Whoever opens an app is signed in here from then on.',
})}
${textField({ id: 'relay-state', name: 'relay_state', label: 'Relay state', value: page.relayState, type: 'text', autocomplete: 'off', optional: true })}
<h2 id="apps">Open</h2>
${page.apps.length === 0 ? html`<p class="hint">No client has an initiate login URI.</p>` : tiles(page)}
</form>
<div class="after">
<p><a href="${href(page.portalsPath)}">Other portals</a></p>
${page.signedInAs === undefined ? undefined : signOut(page.signOutAction, page.signedInAs)}
</div>
</section>`
  return layout({ title: `Apps of ${page.organizationName}`, shape: 'card', body })
}

function tiles({ apps }: IdpPortalPage): Html {
  return html`<ul class="choices" aria-labelledby="apps">
${apps.map(
  ({ id, name, initiateLoginUri }) => html`<li><button class="choice" name="client" value="${id}">
${avatar(id, name)}
<span class="who"><b>${name}</b> <small>${initiateLoginUri}</small></span>
</button></li>`,
)}
</ul>`
}

function signOut(action: string, email: string): Html {
  return html`<form method="post" action="${href(action)}"><button class="quiet">Sign out ${email}</button></form>`
}
