import { type Html, html } from './html.js'

const hues = 6

/** Initials on a colour that stays the same for the same id; decoration only, so hidden from screen readers. */
export function avatar(id: string, name: string): Html {
  const initials = name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .filter((letter) => /\p{L}|\p{N}/u.test(letter))
  const shown = [initials[0], initials.length > 1 ? initials.at(-1) : undefined].join('')
  const hue = [...id].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % hues, 0)
  return html`<span class="avatar hue-${hue}" aria-hidden="true">${shown.toUpperCase() || '·'}</span>`
}
