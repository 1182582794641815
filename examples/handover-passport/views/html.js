/** Markup that needs no escaping, because `html` made it. */
class Html {
  constructor(markup) {
    this.markup = markup
  }

  toString() {
    return this.markup
  }
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A template whose values are escaped, so that a name or a project title can never become an element. */
export function html(literals, ...values) {
  return new Html(literals.reduce((markup, literal, i) => markup + render(values[i - 1]) + literal))
}

function render(value) {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) return value.markup
  if (Array.isArray(value)) return value.map(render).join('')
  return String(value).replace(/[&<>"']/g, (character) => entities[character])
}
