import { html } from './html.js'
import { layout } from './layout.js'

/** A page that could not be shown, and a way on. */
export function noticePage({ title, text, link }) {
  const body = html`<section class="hero">
<h1>${title}</h1>
<p>${text}</p>
<p><a class="button primary" href="${link.href}">${link.label}</a></p>
</section>`
  return layout({ title }, body)
}
