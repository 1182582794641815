import { href } from './href.js'
import { type Html, html, type Interpolation } from './html.js'

/** A form of one button. */
export function buttonForm(action: string, label: string, kind: 'plain' | 'danger' | 'primary' = 'plain'): Html {
  const style = kind === 'plain' ? undefined : html` class="${kind}"`
  return html`<form method="post" action="${href(action)}"><button${style}>${label}</button></form>`
}

/** A labelled menu. */
export function selectField(field: {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly value?: string
}): Html {
  return html`<div class="field">
<label for="${field.id}">${field.label}</label>
<select id="${field.id}" name="${field.name}">${field.options.map(
    ({ value, label }) =>
      html`<option value="${value}"${value === field.value ? html` selected` : undefined}>${label}</option>`,
  )}</select>
</div>`
}

/** A value to copy into somebody else's admin page. */
export function copyField(id: string, label: string, value: string, hint?: string): Html {
  return html`<div class="field">
<label for="${id}">${label}</label>
<input id="${id}" class="copy" type="text" readonly value="${value}"${hint === undefined ? undefined : html` aria-describedby="${id}-hint"`}>
${hint === undefined ? undefined : html`<p class="hint" id="${id}-hint">${hint}</p>`}
</div>`
}

/** One thing that was set up: what it is, what state it is in, what can be done with it. */
export function card(about: {
  readonly id: string
  readonly title: string
  readonly tags: readonly Interpolation[]
  readonly content: Interpolation
  readonly actions: Interpolation
}): Html {
  const { id, title, tags, content, actions } = about
  return html`<section class="sheet item" aria-labelledby="${id}-title">
<div class="item-head"><h2 id="${id}-title">${title}</h2><p class="tags">${tags}</p></div>
${content}
<div class="item-actions">${actions}</div>
</section>`
}

export function tag(text: string, strong = false): Html {
  return html`<i class="tag${strong ? ' strong' : undefined}">${text}</i> `
}
