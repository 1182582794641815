/** A `Cookie` header, read. Maps and sets, not objects: names are the sender's. */
export interface ParsedCookies {
  /** The first value of each name, raw: quotes and escapes stay. */
  readonly first: ReadonlyMap<string, string>
  readonly duplicates: ReadonlySet<string>
}

/**
 * Reads a `Cookie` header in one pass, in linear time.
 *
 * Trims space and tab only and decodes nothing: a reader that trims U+00A0 or unquotes lets another host of the same
 * site plant a `__Host-` cookie under a name that merely looks like it (RFC 6265bis §5.6, CVE-2026-39410).
 */
export function parseCookies(header: string | null): ParsedCookies {
  const first = new Map<string, string>()
  const duplicates = new Set<string>()
  if (header === null) return { first, duplicates }

  let equals = header.indexOf('=')
  for (let start = 0, end: number; start < header.length && equals !== -1; start = end + 1) {
    const semicolon = header.indexOf(';', start)
    end = semicolon === -1 ? header.length : semicolon
    if (equals < start) equals = header.indexOf('=', start)
    // A pair without `=` is a value without a name, and none of ours. The `=` found is kept for a later pair:
    // searching again from each `;` would make a header of semicolons quadratic.
    if (equals === -1 || equals >= end) continue
    const name = trimmed(header, start, equals)
    if (first.has(name)) duplicates.add(name)
    else first.set(name, trimmed(header, equals + 1, end))
  }
  return { first, duplicates }
}

function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
