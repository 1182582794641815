import { randomInt } from 'node:crypto'

/** The prefixes of identifiers that Scalekit documents and this emulator makes. */
// biome-ignore format: a list
export type IdPrefix =
  | 'evt' | 'msg' | 'ses' | 'usr' | 'usp' | 'org' | 'conn' | 'dom' | 'dir' | 'diruser' | 'dirgroup' | 'sec' | 'lnk' | 'pls' | 'tkn' | 'snk' | 'perm' | 'role'
  | 'skc'

/** A new identifier: prefix and 18 digits, the length that the OpenAPI description accepts. */
export function newId(prefix: IdPrefix): string {
  const digits = String(randomInt(100_000_000, 999_999_999)) + String(randomInt(100_000_000, 999_999_999))
  return `${prefix}_${digits}`
}

type NamedPrefix = 'perm' | 'role' | 'usp' | 'usr' | 'conn' | 'dom' | 'dir' | 'diruser' | 'dirgroup'

/** The same name always gives the same identifier: for roles and permissions, which seeds know by name only. */
export function idOfName(prefix: NamedPrefix, name: string): string {
  let hash = 0n
  for (const character of name) hash = (hash * 131n + BigInt(character.codePointAt(0) ?? 0)) % 900_000_000_000_000_000n
  return `${prefix}_${hash + 100_000_000_000_000_000n}`
}
