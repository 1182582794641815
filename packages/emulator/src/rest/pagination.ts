import type { Context } from 'hono'
import { invalid, RestError } from './errors.js'
import { numberOf, textOf } from './query.js'

/** A list and how much of it may be asked for at once. */
export interface PageBounds {
  /** The name of the list: a token of one list is no token of another. */
  readonly list: string
  readonly smallest: number
  readonly largest: number
  /** Without `page_size`, or with 0. Undocumented for most lists; default 10. */
  readonly standard?: number
}

/** A page with what the API says around every list. An empty `next_page_token` means the last page. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly tokens: {
    readonly next_page_token: string
    readonly prev_page_token: string
    readonly total_size: number
  }
}

/**
 * The page of a list that `page_size` and `page_token` ask for.
 *
 * @throws RestError `INVALID_ARGUMENT` for a size out of bounds and for a token that this list did not give.
 */
export function paginate<T>(c: Context, all: readonly T[], bounds: PageBounds): Page<T> {
  const size = pageSize(c, bounds)
  const start = startOf(textOf(c, 'page_token'), bounds.list)
  const end = start + size
  return {
    items: all.slice(start, end),
    tokens: {
      next_page_token: end < all.length ? tokenOf(bounds.list, end) : '',
      prev_page_token: start > 0 ? tokenOf(bounds.list, Math.max(0, start - size)) : '',
      total_size: all.length,
    },
  }
}

/** `page_size` within its bounds; 0 is protobuf's way to leave a number out. */
export function pageSize(c: Context, { smallest, largest, standard = 10 }: Omit<PageBounds, 'list'>): number {
  const size = numberOf(c, 'page_size') ?? 0
  if (size === 0) return Math.max(standard, smallest)
  if (size >= smallest && size <= largest) return size
  const constraint = size < smallest ? 'uint32.gte' : 'uint32.lte'
  throw invalid({ field: 'page_size', constraint, description: `must be between ${smallest} and ${largest}` })
}

function tokenOf(list: string, start: number): string {
  return Buffer.from(`${list} ${start}`).toString('base64url')
}

function startOf(token: string | undefined, list: string): number {
  if (token === undefined) return 0
  const start = new RegExp(`^${list} (\\d+)$`).exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1]
  if (start === undefined) throw new RestError('INVALID_ARGUMENT', 'invalid page token')
  return Number(start)
}
