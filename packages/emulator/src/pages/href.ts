/**
 * Passes paths of this emulator and http(s) addresses, and turns everything else into `#`.
 * Escaping alone does not stop `javascript:` in a link, and some links are built from what a client registered.
 *
 * Browsers drop tabs and line feeds inside an address and read `\` as `/`, so a path holds neither
 * (`/<TAB>/evil.example` would be another host).
 */
export function href(target: string): string {
  if (/^\/(?!\/)[^\\\p{Cc}]*$/u.test(target)) return target
  if (!URL.canParse(target)) return '#'
  const { protocol } = new URL(target)
  return protocol === 'https:' || protocol === 'http:' ? target : '#'
}
