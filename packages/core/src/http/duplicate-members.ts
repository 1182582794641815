const space = /[ \t\n\r]/

/**
 * True if any object in a valid JSON text names a member twice, however the name is escaped.
 *
 * `JSON.parse` keeps the last one, other readers the first: with both in one signed token, two layers can read two
 * different issuers (RFC 7519 §4, RFC 7515 §4, RFC 8725 §2.6).
 */
export function hasDuplicateMembers(json: string): boolean {
  const open: Set<string>[] = []
  for (let index = 0; index < json.length; index++) {
    const character = json[index]
    if (character === '{' || character === '[') open.push(new Set())
    if (character === '}' || character === ']') open.pop()
    if (character !== '"') continue

    const end = endOfString(json, index)
    if (isMemberName(json, end)) {
      const names = open.at(-1)
      // Parsed, because `"\u0069ss"` and `"iss"` are one name.
      const name: string = JSON.parse(json.slice(index, end))
      if (names?.has(name)) return true
      names?.add(name)
    }
    index = end - 1
  }
  return false
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(json: string, start: number): number {
  let index = start + 1
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1
  return index + 1
}

/** In valid JSON a colon follows a string only where the string is a name. */
function isMemberName(json: string, end: number): boolean {
  let index = end
  while (space.test(json[index] ?? '')) index++
  return json[index] === ':'
}
