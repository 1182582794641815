import { avatar } from './avatar.js'
import { href } from './href.js'
import { html } from './html.js'
import { layout } from './layout.js'
import type { OrganizationPickerPage } from './models.js'

/** In which organization the person logs in: one button each. */
export function renderOrganizationPicker(page: OrganizationPickerPage): string {
  const body = html`<section class="sheet">
<h1>Choose an organization</h1>
<p class="as">${avatar(page.person.id, page.person.name)} <span class="who"><b>${page.person.name}</b> <small>${page.person.email}</small></span></p>
<form method="post" action="${href(page.action)}">
<ul class="choices" aria-label="Organizations">
${page.organizations.map(
  ({ id, name, roles }) => html`<li><button class="choice" name="organization" value="${id}">
${avatar(id, name)}
<span class="who"><b>${name}</b> <small>${id}</small></span>
<span class="tags">${roles.map((role) => html`<i class="tag">${role}</i>`)}</span>
</button></li>`,
)}
</ul>
</form>
<div class="after">
<form method="post" action="${href(page.cancelAction)}"><button class="quiet">Cancel</button></form>
</div>
</section>`
  return layout({ title: 'Choose an organization', shape: 'card', body })
}
