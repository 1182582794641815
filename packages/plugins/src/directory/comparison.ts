import type { Directory } from '@scalegate/core/management'
import type { ListedPage } from './listing.js'
import type { Tally, WithheldReason } from './report.js'

/** What the app knows of one object; as little as will do, because there is one of these for each. */
export interface Row {
  readonly active: boolean
  readonly email?: string
  readonly fingerprint?: string
}

/** One object to be taken away. */
export interface Leaver {
  readonly id: string
  readonly email?: string
  readonly directoryId?: string
  /** NumericDate seconds: it was not there, or inactive, then. */
  readonly at: number
  /** True where the directory says so itself, and not by leaving it out. */
  readonly said: boolean
}

/** One kind of object: people, or groups. */
export interface Kind<Item extends { readonly id: string }> {
  readonly pages: (directory: Directory) => AsyncIterable<ListedPage<Item>>
  /** What to do about one that is listed in a directory that is on: gives a leaver where it is inactive. */
  readonly listed: (item: Item, row: Row | undefined, page: ListedPage<Item>) => Promise<Leaver | undefined>
  readonly paged?: () => void
}

export interface Comparison {
  readonly leavers: readonly Leaver[]
  /** What speaks against taking those away who are not listed. */
  readonly doubt: WithheldReason | undefined
  readonly active: number
}

/**
 * Walks the lists of all directories of an organization beside what the app knows. Whoever is missing is looked for a
 * second time: while a list is read page by page, somebody who is deleted moves the others, and one may slip from a page
 * that is still to come to one that has been.
 */
export async function compare<Item extends { readonly id: string }>(
  directories: readonly Directory[],
  known: ReadonlyMap<string, Row>,
  kind: Kind<Item>,
  parts: { readonly tally: Tally; readonly clock: () => number },
): Promise<Comparison> {
  const seen = new Set<string>()
  const inactive: Leaver[] = []
  const startedAt = parts.clock()
  let isIncomplete = await walk()
  const missing = () => [...known].filter(([id, { active }]) => active && !seen.has(id))
  if (missing().length > 0) isIncomplete = await walk()
  const absent = missing().map(([id, { email }]) => ({
    id,
    ...(email === undefined ? {} : { email }),
    at: startedAt,
    said: false,
  }))
  const active = [...known.values()].filter((row) => row.active).length
  return { leavers: [...inactive, ...absent], doubt: doubtOf(), active }

  async function walk(): Promise<boolean> {
    let counted = 0
    for (const directory of directories) {
      for await (const page of kind.pages(directory)) {
        counted += page.total ?? 0
        for (const item of page.items) {
          if (seen.has(item.id)) continue
          seen.add(item.id)
          parts.tally.listed += 1
          // It says nothing new, and whoever is in it is not gone.
          if (!isOn(directory)) continue
          const leaver = await kind.listed(item, known.get(item.id), page)
          if (leaver !== undefined) inactive.push(leaver)
        }
        kind.paged?.()
      }
    }
    return seen.size < counted
  }

  function doubtOf(): WithheldReason | undefined {
    if (!directories.every(isOn)) return 'directory_disabled'
    if (seen.size === 0) return 'listing_empty'
    return isIncomplete ? 'listing_incomplete' : undefined
  }
}

/** Where Scalekit does not say it, nothing is concluded from who is missing. */
function isOn({ enabled }: Directory): boolean {
  return enabled === true
}
