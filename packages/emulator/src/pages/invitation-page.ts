import { avatar } from './avatar.js'
import { href } from './href.js'
import { type Html, html } from './html.js'
import { layout, textField } from './layout.js'
import type { InvitationPage } from './models.js'

/** Somebody came by an invitation link: one button, since the link already says who and where. */
export function renderInvitation(page: InvitationPage): string {
  const body = html`<section class="sheet">
<p class="eyebrow">Invitation to ${page.clientName}</p>
<h1>Join <em>${page.organizationName}</em></h1>
<p class="as">${avatar(page.email, page.email)} <span class="who"><b>${page.email}</b> <small>${page.names === undefined ? 'has an account' : 'has no account yet'}</small></span>
<span class="tags">${page.roles.map((role) => html`<i class="tag">${role}</i>`)}</span></p>
<form method="post" action="${href(page.action)}">
${page.names && names(page.names)}
<button class="primary">Accept invitation</button>
</form>
<div class="after">
<form method="post" action="${href(page.cancelAction)}"><button class="quiet">Cancel</button></form>
</div>
</section>`
  return layout({ title: `Join ${page.organizationName}`, shape: 'card', body })
}

function names({ given, family }: NonNullable<InvitationPage['names']>): Html {
  return html`<div class="pair">
${textField({ id: 'given-name', name: 'given_name', label: 'Given name', value: given, type: 'text', autocomplete: 'given-name', optional: true })}
${textField({ id: 'family-name', name: 'family_name', label: 'Family name', value: family, type: 'text', autocomplete: 'family-name', optional: true })}
</div>`
}
