import { describe, expect, it } from 'vitest'
import { id } from './answer.js'
import { createListing, type Page, type PageOptions, pageOf, pageQuery } from './listing.js'

function paged(pages: readonly Page<number>[]) {
  const asked: PageOptions[] = []
  const listing = createListing<number>(100, {}, async (at) => {
    asked.push(at)
    return pages[asked.length - 1] ?? { items: [] }
  })
  return { asked, listing }
}

async function all<T>(listing: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = []
  for await (const item of listing) items.push(item)
  return items
}

describe('a listing', () => {
  it('is walked page by page, also over an empty one, by the largest pages', async () => {
    const { asked, listing } = paged([
      { items: [1, 2], nextPageToken: 'b' },
      { items: [], nextPageToken: 'c' },
      { items: [3] },
    ])
    expect(await all(listing)).toEqual([1, 2, 3])
    expect(asked).toEqual([{ pageSize: 100 }, { pageSize: 100, pageToken: 'b' }, { pageSize: 100, pageToken: 'c' }])
  })

  it('fetches no page before it is needed', async () => {
    const { asked, listing } = paged([{ items: [1, 2], nextPageToken: 'b' }, { items: [3] }])
    expect(asked).toEqual([])
    for await (const item of listing) if (item === 2) break
    expect(asked).toHaveLength(1)
  })

  it('can be walked again', async () => {
    const { listing, asked } = paged([{ items: [1] }, { items: [1] }])
    expect([await all(listing), await all(listing)]).toEqual([[1], [1]])
    expect(asked).toHaveLength(2)
  })

  it('does not walk in circles', async () => {
    const { listing, asked } = paged([
      { items: [1], nextPageToken: 'b' },
      { items: [2], nextPageToken: 'c' },
      { items: [3], nextPageToken: 'b' },
    ])
    await expect(all(listing)).rejects.toMatchObject({ code: 'management_answer_invalid' })
    expect(asked).toHaveLength(3)
  })

  it('gives one page to those who ask for it', async () => {
    const { listing, asked } = paged([{ items: [1], nextPageToken: 'b', previousPageToken: 'a', totalSize: 9 }])
    expect(await listing.page({ pageSize: 5, pageToken: 'x' })).toEqual({
      items: [1],
      nextPageToken: 'b',
      previousPageToken: 'a',
      totalSize: 9,
    })
    expect(asked).toEqual([{ pageSize: 5, pageToken: 'x' }])
  })
})

describe('pageOf', () => {
  const page = pageOf('ids', id)
  it.each([
    [
      { ids: ['a'], next_page_token: 'b', prev_page_token: 'c', total_size: '2' },
      { items: ['a'], nextPageToken: 'b', previousPageToken: 'c', totalSize: 2 },
    ],
    [
      { ids: ['a'], next_page_token: '', prev_page_token: '', total_size: 1 },
      { items: ['a'], totalSize: 1 },
    ],
    [{}, { items: [] }],
  ])('%j', (answer, read) => expect(page.parse(answer)).toStrictEqual(read))
})

describe('pageQuery', () => {
  it.each([0, -1, 1.5, Number.NaN, '10'])('refuses %j items on a page', (pageSize) => {
    expect(() => pageQuery({ pageSize: pageSize as number })).toThrowError(/management_request_invalid: `pageSize`/)
  })
})
