import { SessionError } from '../errors/scalegate-error.js'

/** Name, `=` and value of one cookie; a browser takes 4096 bytes, some of them counting the attributes in. */
const maxCookieBytes = 3800
const maxChunks = 8
/** No honest value is longer. A limit on what is put together, beside the one on what is written. */
const maxValueBytes = 16_384

/**
 * Splits a value over as many cookies as it needs: `name` alone where it fits, else `name.0`, `name.1` and so on.
 * The value must be ASCII without `;`, so that characters are bytes.
 *
 * @throws SessionError session_too_large
 */
export function splitIntoChunks(name: string, value: string): readonly (readonly [name: string, value: string])[] {
  if (value.length > maxValueBytes) throw new SessionError('session_too_large')
  if (name.length + 1 + value.length <= maxCookieBytes) return [[name, value]]
  const size = maxCookieBytes - chunkName(name, 0).length - 1
  const count = Math.ceil(value.length / size)
  if (count > maxChunks) throw new SessionError('session_too_large')
  return Array.from({ length: count }, (_, index) => [
    chunkName(name, index),
    value.slice(index * size, (index + 1) * size),
  ])
}

/**
 * The value under `name`, put together again; whether it is whole, its seal decides. No count is read from anywhere
 * (CVE-2024-24814): chunks 0 to 7 are looked for, by exact names.
 *
 * Where both forms are present, the chunks count if there are two or more without a gap, else the single cookie.
 * One of the two is then a leftover, and which is read must not depend on the request.
 */
export function joinChunks(name: string, all: ReadonlyMap<string, string>): string | undefined {
  const value = chunkSet(name, all) ?? all.get(name)
  return value === undefined || value.length > maxValueBytes ? undefined : value
}

function chunkSet(name: string, all: ReadonlyMap<string, string>): string | undefined {
  let value = ''
  let count = 0
  for (; count < maxChunks; count++) {
    const chunk = all.get(chunkName(name, count))
    if (chunk === undefined) break
    value += chunk
  }
  // The ordinary request has no chunk, and asks for no further names.
  if (count < 2) return undefined
  for (let later = count + 1; later < maxChunks; later++) if (all.has(chunkName(name, later))) return undefined
  return value
}

/** Cookies of this value that the browser sent and that were not written now: a shrunken value leaves them behind. */
export function staleChunkNames(
  name: string,
  all: ReadonlyMap<string, string>,
  written: Iterable<string>,
): readonly string[] {
  const fresh = new Set(written)
  return valueNames(name).filter((own) => all.has(own) && !fresh.has(own))
}

/** Every name a value can occupy. */
export function valueNames(name: string): readonly string[] {
  return [name, ...chunkNames(name)]
}

function chunkNames(name: string): readonly string[] {
  return Array.from({ length: maxChunks }, (_, index) => chunkName(name, index))
}

function chunkName(name: string, index: number): string {
  return `${name}.${index}`
}
