/** The same text on its own: a slice keeps the whole text alive that it was cut from, such as a `Cookie` header. */
export function flatCopy(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text))
}
