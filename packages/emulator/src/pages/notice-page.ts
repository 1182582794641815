import { href } from './href.js'
import { html } from './html.js'
import { layout } from './layout.js'
import type { NoticePage } from './models.js'

/** One thing to know: an error that must not be redirected, a finished log-out, a route that is not emulated. */
export function renderNotice(page: NoticePage): string {
  // A status is worth a word where something was refused; "200" over a finished log-out is noise.
  const code = page.code === undefined ? undefined : html` <code>${page.code}</code>`
  const refusal = page.status < 400 ? undefined : html`<p class="eyebrow">${page.status}${code}</p>`
  const body = html`<section class="sheet">
${refusal}
<h1>${page.title}</h1>
<p>${page.detail}</p>
${page.link && html`<p><a class="button primary" href="${href(page.link.href)}">${page.link.label}</a></p>`}
</section>`
  return layout({ title: page.title, shape: 'card', body })
}
