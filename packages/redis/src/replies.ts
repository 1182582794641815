/**
 * What replies are, by command. Each throws where a reply is something else. Clients that speak RESP3 give maps for some
 * of what others give as lists.
 */

export function textOrNothing(reply: unknown): string | undefined {
  if (reply === null) return undefined
  return text(reply)
}

function text(reply: unknown): string {
  if (typeof reply !== 'string') throw new TypeError('not a text')
  return reply
}

/** `OK` of a write that was done; nothing where its condition did not hold. */
export function done(reply: unknown): boolean {
  if (reply === null) return false
  if (reply === 'OK') return true
  throw new TypeError('neither done nor not')
}

/** 1 or 0. */
export function yesOrNo(reply: unknown): boolean {
  if (reply === 1) return true
  if (reply === 0) return false
  throw new TypeError('neither 1 nor 0')
}

export function list(reply: unknown, length?: number): readonly unknown[] {
  if (!Array.isArray(reply) || (length !== undefined && reply.length !== length)) throw new TypeError('not the list')
  return reply
}

/** Seconds since 1970, as the store writes them. */
export function seconds(reply: unknown): number {
  const value = Number(text(reply))
  if (!Number.isFinite(value)) throw new TypeError('not a number')
  return value
}

/** An entry of the log. Whoever else may write there has written what is no mark: it is passed over, not stumbled upon. */
export interface LogEntry {
  readonly id: string
  readonly mark: { readonly name: string; readonly at: number } | undefined
}

/** The entries of the one log that was asked for. */
export function entries(reply: unknown): readonly LogEntry[] {
  if (reply === null) return []
  return list(ofOnlyKey(reply)).map((entry) => {
    const [id, fields] = list(entry, 2)
    return { id: text(id), mark: markOf(new Map(pairs(fields))) }
  })
}

function markOf(fields: ReadonlyMap<string, string>): LogEntry['mark'] {
  const [name, at] = [fields.get('name'), Number(fields.get('at') || Number.NaN)]
  return name === undefined || !Number.isFinite(at) ? undefined : { name, at }
}

/** `[[key, entries]]`, `[key, entries]`, `{ key: entries }` or a map of it. */
function ofOnlyKey(reply: unknown): unknown {
  if (reply instanceof Map) return [...reply.values()][0]
  if (!Array.isArray(reply)) return Object.values(reply as object)[0]
  return Array.isArray(reply[0]) ? list(reply[0], 2)[1] : reply[1]
}

function pairs(fields: unknown): readonly (readonly [string, string])[] {
  if (fields instanceof Map) return [...fields].map(([name, value]) => [text(name), text(value)] as const)
  if (!Array.isArray(fields))
    return Object.entries(fields as object).map(([name, value]) => [name, text(value)] as const)
  return fields.flatMap((name, index) => (index % 2 === 0 ? [[text(name), text(fields[index + 1])] as const] : []))
}
