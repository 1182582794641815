const markup: unique symbol = Symbol('markup')

/** HTML whose every interpolated text was escaped. It can only be made by {@link html}. */
export interface SafeHtml {
  readonly [markup]: string
}

/** What may stand in a template: text and numbers, which are escaped; safe HTML, which is not; or nothing. */
export type HtmlValue = string | number | SafeHtml | readonly SafeHtml[] | undefined

/**
 * Template tag that escapes by default, so that a parameter of the address can be shown but never run (CWE-79).
 * Attributes must stand in quotes. It does not judge addresses: an `href` has to be checked before.
 *
 * @example
 * html`<p>${title} <a href="${href}">Sign in again</a></p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  const text = strings.map((literal, index) => literal + rendered(values[index])).join('')
  return Object.freeze({ [markup]: text })
}

/** The text of safe HTML, to be sent. */
export function htmlText(safe: SafeHtml): string {
  return safe[markup]
}

function rendered(value: HtmlValue): string {
  if (value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return markup in value ? value[markup] : value.map(rendered).join('')
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character) ?? '')
}
