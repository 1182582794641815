/**
 * An absolute http(s) address in the form a browser would write it, or undefined. Asked before an address goes into a
 * `Location` or a link: a relative one, or another scheme, is never sent.
 */
export function absoluteHttpUrl(text: string): string | undefined {
  return /^https?:\/\/[^/\\]/i.test(text) && URL.canParse(text) ? new URL(text).href : undefined
}
