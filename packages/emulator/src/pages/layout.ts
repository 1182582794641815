import { type Html, html, type Interpolation } from './html.js'

/** Where the emulator serves the stylesheet and the script of the control page. */
export const assetPaths = {
  stylesheet: '/_emulator/style.css',
  controlScript: '/_emulator/control.js',
  portalScript: '/_emulator/portal.js',
} as const

interface Layout {
  readonly title: string
  /** `card`: one decision in the middle. `page`: a small application. `board`: the whole window. */
  readonly shape: 'card' | 'page' | 'board'
  readonly body: Html
  readonly script?: string
  /** Framed by a page of another site: other pages of the emulator open in a tab of their own. */
  readonly framed?: boolean
}

/** A piece of caution tape; without an icon of its own every page would ask for `/favicon.ico`. */
const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#f0b429" d="M0 0h8v8H0z"/><path fill="#1e1c18" d="M0 8 8 0v4L4 8zM0 0h4L0 4z"/></svg>',
)}`

/** A complete document: no inline script, no inline style, nothing from another origin. */
export function layout({ title, shape, body, script, framed = false }: Layout): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Scalekit emulator</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${assetPaths.stylesheet}">
${script === undefined ? undefined : html`<script src="${script}" defer></script>`}
</head>
<body class="${shape}">
<p class="ribbon"><strong>Scalekit emulator</strong> <span>Nothing here is real.</span>
<a href="/_emulator"${framed ? html` target="_blank" rel="noreferrer"` : undefined}>Control panel</a></p>
<main>
${body}
</main>
</body>
</html>
`.toString()
}

/** One labelled line of text input. */
export function textField(field: {
  readonly id: string
  readonly name: string
  readonly label: string
  readonly value: string
  readonly type: 'text' | 'email' | 'url' | 'password'
  readonly autocomplete: string
  readonly hint?: string
  /** An identity provider may leave a name out; people who sign up may not. */
  readonly optional?: true
}): Html {
  const hintId = `${field.id}-hint`
  const described = field.hint === undefined ? undefined : html` aria-describedby="${hintId}"`
  const hint = field.hint === undefined ? undefined : html`<p class="hint" id="${hintId}">${field.hint}</p>`
  const required = field.optional ? undefined : html` required`
  return html`<div class="field">
<label for="${field.id}">${field.label}</label>
<input id="${field.id}" name="${field.name}" type="${field.type}" value="${field.value}" autocomplete="${field.autocomplete}" spellcheck="false"${described}${required}>
${hint}
</div>`
}

/** What went wrong, announced by screen readers when the page arrives. */
export function errorMessage(error: string | undefined): Interpolation {
  return error === undefined ? undefined : html`<p class="error" role="alert">${error}</p>`
}
