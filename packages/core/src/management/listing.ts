import * as z from 'zod/mini'
import { ManagementError } from '../errors/management-error.js'
import { count, type Decoder, list, text } from './answer.js'
import type { Query } from './exchange.js'
import type { CallOptions } from './transport.js'

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Give it as `pageToken` to get the next page; absent on the last one. */
  readonly nextPageToken?: string
  readonly previousPageToken?: string
  /** How many there are on all pages, where Scalekit says it. */
  readonly totalSize?: number
}

/** Which page. */
export interface PageOptions extends CallOptions {
  /** Items on a page. @defaultValue Scalekit's own */
  readonly pageSize?: number
  /** From the page before; without it, the first page. */
  readonly pageToken?: string
}

/** How a list is walked. */
export interface ListOptions extends CallOptions {
  /** Items that one request asks for. @defaultValue the most that Scalekit documents */
  readonly pageSize?: number
}

/**
 * A list that is fetched page by page as it is walked: `for await (const item of listing)`. Nothing is sent before.
 * What is made or deleted meanwhile may be missed or seen.
 */
export interface Listing<T> extends AsyncIterable<T> {
  /** One page, for a page of your own. */
  page(options?: PageOptions): Promise<Page<T>>
}

/** `{ users: […], next_page_token, prev_page_token, total_size }`. */
export function pageOf<T>(name: string, item: Decoder<T>): Decoder<Page<T>> {
  const page: Decoder<Readonly<Record<string, unknown>>> = z.object({
    [name]: list(item),
    next_page_token: text,
    prev_page_token: text,
    total_size: count,
  })
  return z.pipe(
    page,
    z.transform((answer) => {
      const { next_page_token: next, prev_page_token: previous, total_size: total } = answer
      return {
        items: answer[name] as readonly T[],
        // An empty token marks the end (protocol.md §10.2).
        ...(next ? { nextPageToken: next as string } : {}),
        ...(previous ? { previousPageToken: previous as string } : {}),
        ...(total === undefined ? {} : { totalSize: total as number }),
      }
    }),
  )
}

/** `page_size` and `page_token`. */
export function pageQuery({ pageSize, pageToken }: PageOptions): Query {
  if (pageSize !== undefined && !(Number.isSafeInteger(pageSize) && pageSize > 0)) {
    throw new ManagementError('management_request_invalid', { detail: '`pageSize` must be a whole number above 0.' })
  }
  return { page_size: pageSize, page_token: pageToken || undefined }
}

export function createListing<T>(
  largest: number | undefined,
  options: ListOptions,
  fetchPage: (at: PageOptions) => Promise<Page<T>>,
): Listing<T> {
  const { signal } = options
  const pageSize = options.pageSize ?? largest
  const shared = signal === undefined ? {} : { signal }
  return {
    page: async (at = {}) => fetchPage({ ...shared, ...at }),
    async *[Symbol.asyncIterator]() {
      const seen = new Set<string>()
      let pageToken: string | undefined
      do {
        const page = await fetchPage({
          ...shared,
          ...(pageSize === undefined ? {} : { pageSize }),
          ...(pageToken === undefined ? {} : { pageToken }),
        })
        yield* page.items
        pageToken = page.nextPageToken
        // A list that leads back to itself would never end.
        if (pageToken !== undefined && seen.has(pageToken)) {
          throw new ManagementError('management_answer_invalid', { detail: 'A list leads back to a page before.' })
        }
        if (pageToken !== undefined) seen.add(pageToken)
      } while (pageToken !== undefined)
    },
  }
}
