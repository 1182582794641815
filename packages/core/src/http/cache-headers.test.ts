import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyPrivateCaching, isCachingHeader } from './cache-headers.js'

const applied = (headers: Record<string, string>) => {
  const result = new Headers(headers)
  applyPrivateCaching(result)
  return Object.fromEntries(result)
}
const bare = { 'cache-control': 'private, no-store', vary: 'Cookie' }

describe('applyPrivateCaching', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['public', { 'Cache-Control': 'public, max-age=600, s-maxage=600, immutable' }],
    ['CDN-Cache-Control', { 'CDN-Cache-Control': 'max-age=600' }],
    ['Vercel-CDN-Cache-Control', { 'Vercel-CDN-Cache-Control': 'max-age=600' }],
    ['a CDN nobody has thought of', { 'Acme-CDN-Cache-Control': 'max-age=600' }],
    ['Surrogate-Control', { 'Surrogate-Control': 'max-age=600' }],
    ['Edge-Control', { 'Edge-Control': 'max-age=600' }],
    ['X-Accel-Expires', { 'X-Accel-Expires': '600' }],
    ['X-LiteSpeed-Cache-Control', { 'X-LiteSpeed-Cache-Control': 'public' }],
    ['Expires', { Expires: 'Thu, 01 Dec 2033 16:00:00 GMT' }],
  ])('SEC-345 answers %s with private, no-store', (_label, headers) => {
    expect(applied(headers)).toEqual(bare)
  })

  it.each<[string, string, string]>([
    ['appends', 'Accept-Encoding', 'Accept-Encoding, Cookie'],
    ['does not repeat', 'cookie, Accept-Encoding, COOKIE', 'Accept-Encoding, Cookie'],
    ['keeps a star', '*', '*, Cookie'],
    ['drops empty members', ' , ,', 'Cookie'],
    ['does not take another name for it', 'X-Cookie', 'X-Cookie, Cookie'],
  ])('SEC-346 %s Vary: Cookie', (_label, vary, expected) => {
    expect(applied({ Vary: vary })).toEqual({ ...bare, vary: expected })
  })

  it('SEC-348 leaves no validator by which a cache could give one person the page of another', () => {
    expect(applied({ ETag: 'W/"1"', 'Last-Modified': 'Thu, 01 Dec 2022 16:00:00 GMT' })).toEqual(bare)
  })

  it('leaves everything else alone, each Set-Cookie by itself', () => {
    const headers = new Headers({ 'Content-Type': 'text/html', 'X-Frame-Options': 'DENY' })
    headers.append('Set-Cookie', 'a=1')
    headers.append('Set-Cookie', 'b=2')
    applyPrivateCaching(headers)
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(headers.get('content-type')).toBe('text/html')
    expect(headers.get('x-frame-options')).toBe('DENY')
  })

  it('F22 ends private, no-store with Vary: Cookie once, for any headers before, and changes nothing when applied again', () => {
    const names = fc.constantFrom(
      'Cache-Control', 'CDN-Cache-Control', 'Vercel-CDN-Cache-Control', 'Netlify-CDN-Cache-Control', 'Surrogate-Control', 'Expires', 'ETag',
      'Last-Modified', 'Pragma', 'Vary', 'X-Accel-Expires', 'Content-Type',
    ) // biome-ignore format: one table
    const values = fc.oneof(
      fc.constantFrom(
        'public',
        's-maxage=60',
        'Cookie',
        'cookie',
        '*',
        'Accept, Cookie',
        'COOKIE ,, Accept',
        'immutable',
      ),
      fc.stringMatching(/^[\u0020-\u007e]{0,20}$/),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(names, values)), (pairs) => {
        const headers = new Headers(pairs)
        applyPrivateCaching(headers)
        expect(headers.get('cache-control')).toBe('private, no-store')
        const members = (headers.get('vary') ?? '').split(', ')
        expect(members.filter((member) => member.toLowerCase() === 'cookie')).toEqual(['Cookie'])
        expect([...headers.keys()].filter(isCachingHeader)).toEqual([])
        const before = [...headers]
        applyPrivateCaching(headers)
        expect([...headers]).toEqual(before)
      }),
    )
  })
})

describe('isCachingHeader', () => {
  it.each([
    ['ETag', true],
    ['CDN-CACHE-CONTROL', true],
    ['cache-control', false],
    ['content-type', false],
    ['x-cdn-cache-control-debug', false],
  ])('%s: %s', (name, expected) => {
    expect(isCachingHeader(name)).toBe(expected)
  })
})
