import {
  type Directory,
  type DirectoryGroup,
  type DirectoryUser,
  type Listing,
  type ManagementClient,
  ManagementError,
} from '@scalegate/core/management'

/** The most that Scalekit documents. */
const pageSize = 30

/** One page of a list, with the moment before it was asked for. */
export interface ListedPage<Item> {
  readonly directory: Directory
  readonly items: readonly Item[]
  /** NumericDate seconds. */
  readonly askedAt: number
  /** On the last page: how many there should have been, where Scalekit says it. */
  readonly total?: number
}

type Walk = { readonly directory: Directory; readonly clock: () => number; readonly signal?: AbortSignal }

/** @throws ManagementError; a list that fails has no end, and nothing may be concluded from it */
async function* pagesOf<Item>(listing: Listing<Item>, { directory, clock }: Walk): AsyncGenerator<ListedPage<Item>> {
  const seen = new Set<string>()
  for (let pageToken: string | undefined; ; ) {
    const askedAt = clock()
    const page = await listing.page({ pageSize, ...(pageToken === undefined ? {} : { pageToken }) })
    const { items, totalSize, nextPageToken } = page
    const isLast = nextPageToken === undefined
    yield { directory, items, askedAt, ...(isLast && totalSize !== undefined ? { total: totalSize } : {}) }
    if (isLast) return
    // It would never end, and it is no list that says who is missing.
    if (seen.has(nextPageToken))
      throw new ManagementError('management_answer_invalid', { detail: 'A list leads back to a page before.' })
    seen.add(nextPageToken)
    pageToken = nextPageToken
  }
}

/** The people of a directory, page by page. */
export function pagesOfUsers(
  { directories }: ManagementClient,
  organizationId: string,
  walk: Walk,
): AsyncGenerator<ListedPage<DirectoryUser>> {
  const where = { organizationId, directoryId: walk.directory.id, includeDetail: true }
  return pagesOf(directories.users(where, calling(walk)), walk)
}

/** The groups of a directory, page by page. */
export function pagesOfGroups(
  { directories }: ManagementClient,
  organizationId: string,
  walk: Walk,
): AsyncGenerator<ListedPage<DirectoryGroup>> {
  const where = { organizationId, directoryId: walk.directory.id }
  return pagesOf(directories.groups(where, calling(walk)), walk)
}

function calling({ signal }: Walk): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}
