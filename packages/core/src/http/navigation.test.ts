import { describe, expect, it } from 'vitest'
import { type RequestKind, requestKind } from './navigation.js'

const kind = (headers: Record<string, string>, method = 'GET') =>
  requestKind({ method, url: '/x', headers: new Headers(headers) })

/** What a browser sends for a click on a link. */
const click = { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', Accept: 'text/html,*/*;q=0.8' }

describe('requestKind', () => {
  it.each<[string, Record<string, string>]>([
    ['Sec-Purpose', { 'Sec-Purpose': 'prefetch' }],
    ['Sec-Purpose with prerender', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['Sec-Purpose, anonymised', { 'Sec-Purpose': 'prefetch;anonymous-client-ip' }],
    ['Purpose', { Purpose: 'prefetch' }],
    ['X-Moz', { 'X-Moz': 'prefetch' }],
    ['X-Purpose of Safari', { 'X-Purpose': 'preview' }],
    ['Next-Router-Prefetch', { 'Next-Router-Prefetch': '1' }],
    ['Next-Router-Prefetch of another kind', { 'Next-Router-Prefetch': '2', RSC: '1' }],
    ['X-Middleware-Prefetch', { 'X-Middleware-Prefetch': '1' }],
    ['another case', { purpose: 'PREFETCH' }],
  ])('SEC-001 SEC-210 knows a prefetch by %s, also one that looks like a click', (_label, headers) => {
    expect(kind(headers)).toBe('prefetch')
    expect(kind({ ...click, ...headers })).toBe('prefetch')
  })

  it.each<[string, Record<string, string>]>([
    ['Sec-Fetch-Mode cors', { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty', Accept: 'text/html' }],
    ['Sec-Fetch-Mode same-origin', { 'Sec-Fetch-Mode': 'same-origin', Accept: 'text/html' }],
    ['Sec-Fetch-Mode no-cors (an image)', { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }],
    ['RSC', { ...click, RSC: '1' }],
    ['Next-Action', { ...click, 'Next-Action': 'abc' }],
    ['Accept: application/json', { Accept: 'application/json' }],
    ['Accept: */*', { Accept: '*/*' }],
    ['no headers at all', {}],
    ['X-Requested-With', { Accept: 'text/html', 'X-Requested-With': 'XMLHttpRequest' }],
    ['a frame', { ...click, 'Sec-Fetch-Dest': 'iframe' }],
    ['an embed', { ...click, 'Sec-Fetch-Dest': 'embed' }],
    ['an object', { ...click, 'Sec-Fetch-Dest': 'object' }],
    ['two modes', { 'Sec-Fetch-Mode': 'navigate, cors', Accept: 'text/html' }],
  ])('SEC-002 knows a fetch by %s', (_label, headers) => {
    expect(kind(headers)).toBe('fetch')
  })

  it.each<[string, string, Record<string, string>, RequestKind]>([
    ['a click', 'GET', click, 'navigation'],
    ['mode alone', 'GET', { 'Sec-Fetch-Mode': 'navigate' }, 'navigation'],
    ['SEC-003 HEAD', 'HEAD', click, 'navigation'],
    ['a form post', 'POST', click, 'navigation'],
    ['an old browser', 'GET', { Accept: 'application/xhtml+xml,text/html;q=0.9' }, 'navigation'],
    ['a form post of an old browser', 'POST', { Accept: 'text/html' }, 'navigation'],
    ['DELETE', 'DELETE', click, 'fetch'],
    ['a prefetch header that says no', 'GET', { ...click, 'Next-Router-Prefetch': '0' }, 'navigation'],
    ['an empty prefetch header', 'GET', { ...click, 'X-Middleware-Prefetch': '' }, 'navigation'],
    ['a purpose that is none', 'GET', { ...click, Purpose: 'no-prefetching' }, 'navigation'],
  ])('%s', (_label, method, headers, expected) => {
    expect(kind(headers, method)).toBe(expected)
  })
})
