import type { cookies } from 'next/headers.js'
import { describe, expect, it } from 'vitest'
import { nextCookies } from './next-cookies.js'

type Store = Awaited<ReturnType<typeof cookies>>
const attributes = { path: '/', maxAge: 60, secure: true, httpOnly: true, sameSite: 'lax' } as const

/** The store of a request, with the `set` of one of the places that Next knows. */
function storeOf(set: (...args: never[]) => unknown, values: Readonly<Record<string, string>> = {}): Store {
  const entries = Object.entries(values).map(([name, value]) => ({ name, value }))
  return { getAll: () => entries, set } as unknown as Store
}

describe('nextCookies', () => {
  it('shows the cookies as they are now, and which of them came twice', () => {
    const jar = nextCookies(
      storeOf(() => undefined, { a: 'written since' }),
      'a=sent; b=1; b=2',
    )
    expect([...jar.all]).toEqual([['a', 'written since']])
    expect([...jar.duplicates]).toEqual(['b'])
  })

  it('takes a value that nobody has changed as it was sent', () => {
    const store = storeOf(() => undefined, { a: 'Fe26', b: 'written', c: '%zz' })
    expect([...nextCookies(store, 'a=%46e26; b=sent; c=%zz').all]).toEqual([
      ['a', '%46e26'],
      ['b', 'written'],
      ['c', '%zz'],
    ])
  })

  it.each<[string, boolean, (options: { readonly name: string }) => unknown]>([
    ['a server action', true, ({ name }) => name],
    [
      'a Server Component, which refuses before it looks',
      false,
      () => {
        throw new Error('Cookies can only be modified in a Server Action or Route Handler.')
      },
    ],
    ['a place that does nothing', false, () => undefined],
  ])('SEC-197 knows whether %s can write, and writes nothing to find out', (_label, writable, set) => {
    const written: unknown[] = []
    const jar = nextCookies(
      storeOf((options: { readonly name: string }) => {
        set(options)
        written.push(options)
      }),
      null,
    )
    expect(jar.writable).toBe(writable)
    expect(written.every((options) => options === undefined || !writable)).toBe(true)
  })

  it('says so where a cookie cannot leave', () => {
    const jar = nextCookies(
      storeOf(() => {
        throw new Error('Cookies can only be modified in a Server Action or Route Handler.')
      }),
      null,
    )
    expect(() => jar.set('scalegate', '', attributes)).toThrow(expect.objectContaining({ code: 'cookies_read_only' }))
  })

  it('sets a cookie with all its attributes', () => {
    const written: unknown[] = []
    const jar = nextCookies(
      storeOf((options: { readonly name: string }) => written.push({ ...options })),
      null,
    )
    written.length = 0
    jar.set('scalegate', 'sealed', attributes)
    expect(written).toEqual([{ name: 'scalegate', value: 'sealed', ...attributes }])
  })
})
