import { isDeepStrictEqual } from 'node:util'

/** What an audit throws. The message says what was looked at, what had to be there and what was. */
export class AuditFailure extends Error {
  override readonly name = 'AuditFailure'
}

/** Throws unless the two are deeply equal. */
export function mustBe(what: string, seen: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(seen, expected))
    throw new AuditFailure(`${what}: expected ${shown(expected)}, saw ${shown(seen)}`)
}

export function mustBeOneOf<Value>(what: string, seen: Value, expected: readonly Value[]): void {
  if (!expected.includes(seen))
    throw new AuditFailure(`${what}: expected one of ${shown(expected)}, saw ${shown(seen)}`)
}

export function mustMatch(what: string, seen: string | null | undefined, pattern: RegExp): void {
  if (seen === null || seen === undefined || !pattern.test(seen))
    throw new AuditFailure(`${what}: expected ${String(pattern)}, saw ${shown(seen)}`)
}

/** Throws unless it holds; `seen` is printed beside it. */
export function mustHold(what: string, holds: boolean, seen?: unknown): void {
  if (!holds) throw new AuditFailure(seen === undefined ? what : `${what}; saw ${shown(seen)}`)
}

/** Every row of a table, tried one after the other; a failure names its row. */
export async function eachRow<Rest extends unknown[]>(
  rows: readonly (readonly [label: string, ...rest: Rest])[],
  attempt: (label: string, ...rest: Rest) => Promise<void>,
): Promise<void> {
  for (const row of rows) {
    try {
      await attempt(...row)
    } catch (error) {
      if (!(error instanceof AuditFailure)) throw error
      throw new AuditFailure(`"${row[0]}": ${error.message}`)
    }
  }
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}
