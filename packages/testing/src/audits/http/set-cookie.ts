/** The name in a `Set-Cookie` line. */
export function nameOf(line: string): string {
  return line.slice(0, line.indexOf('='))
}

/**
 * True for a `Set-Cookie` line that takes a cookie away: no value, and an end that has come. Some frameworks write only
 * one of the two ends; `Max-Age` counts where both are there (RFC 6265 §5.3).
 */
export function isDeletion(line: string): boolean {
  const attribute = (name: string) => new RegExp(`; *${name}=([^;]*)`, 'i').exec(line)?.[1]
  const maxAge = attribute('max-age')
  const isOver = maxAge === undefined ? Date.parse(attribute('expires') ?? '') <= Date.now() : Number(maxAge) <= 0
  return /^[^=]+=;/.test(line) && isOver
}
