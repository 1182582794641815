/** What may stand between the braces of {@link html}. `undefined` and arrays of it render as nothing. */
export type Interpolation = string | number | Html | undefined | readonly Interpolation[]

/**
 * Markup that needs no escaping, because {@link html} made it.
 * The class is private to this file: no object out of a seed file or a request can pass for one.
 */
class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  toString(): string {
    return this.#markup
  }
}

export type { Html }

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Makes markup from a template; everything between braces is escaped for text and quoted attributes,
 * so a name, a hint or an error can never become an element. Attributes must be quoted in the template.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Interpolation[]): Html {
  const rest = literals.slice(1)
  return new Html(rest.reduce((markup, literal, i) => markup + render(values[i]) + literal, literals[0] ?? ''))
}

function render(value: Interpolation): string {
  if (value === undefined) return ''
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map(render).join('')
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
