import { PluginError } from '@scalegate/core/plugin'

/**
 * A name as a person types it: trimmed, 1 to `max` characters, without control and direction characters. What it looks like in HTML
 * is the page's business, which escapes it (attack row 333).
 *
 * @throws PluginError text_invalid (400) naming the field
 */
export function plainText(field: string, value: string | undefined, max: number): string {
  const text = value?.normalize('NFC').trim() ?? ''
  // Marks that turn the direction of writing make a name look like another one.
  if (text !== '' && text.length <= max && !/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(text)) return text
  const title = `A text of 1 to ${max} characters is needed here.`
  throw new PluginError({ code: 'text_invalid', status: 400, title, field })
}
