import { describe, expect, it } from 'vitest'
import { parseBaseUrl } from './base-url.js'
import { type Initiator, isSameOrigin } from './same-origin.js'

const base = parseBaseUrl('https://app.example/app')
const judge = (headers: Record<string, string>, initiator?: Initiator) =>
  isSameOrigin({ method: 'POST', url: '/x', headers: new Headers(headers) }, base, initiator)

describe('isSameOrigin', () => {
  it.each<[string, Record<string, string>]>([
    ['Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin' }],
    [
      'Sec-Fetch-Site, as the address the browser sees is the better judge',
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'http://localhost:3000' },
    ],
    ['Origin', { Origin: 'https://app.example' }],
    ['Origin before Referer', { Origin: 'https://app.example', Referer: 'https://evil.com/' }],
    ['Referer', { Referer: 'https://app.example/app/page?x=y' }],
    ['Referer cut to the origin', { Referer: 'https://app.example/' }],
  ])('accepts our own page by %s', (_label, headers) => {
    expect(judge(headers)).toBe(true)
    expect(judge(headers, 'app_or_user')).toBe(true)
  })

  it.each<[string, Record<string, string>]>([
    ['an image of another site', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' }],
    [
      'a form of another site',
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', Origin: 'https://evil.com' },
    ],
    [
      'a link of another site',
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', Referer: 'https://evil.com/' },
    ],
    ['a sibling host', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.app.example' }],
    ['Sec-Fetch-Site before Origin', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://app.example' }],
    ['Sec-Fetch-Site in another case', { 'Sec-Fetch-Site': 'Same-Origin' }],
    ['two Sec-Fetch-Site', { 'Sec-Fetch-Site': 'same-origin, cross-site' }],
    ['an empty Sec-Fetch-Site', { 'Sec-Fetch-Site': '' }],
    ['Origin of another site', { Origin: 'https://evil.com' }],
    ['Origin null', { Origin: 'null', Referer: 'https://app.example/' }],
    ['Origin of another scheme', { Origin: 'http://app.example' }],
    ['Origin of another port', { Origin: 'https://app.example:8443' }],
    ['Origin with our name in front', { Origin: 'https://app.example.evil.com' }],
    ['Referer of another site', { Referer: 'https://evil.com/https://app.example/' }],
    ['Referer with our name in front', { Referer: 'https://app.example.evil.com/' }],
    ['Referer with our name as user', { Referer: 'https://app.example@evil.com/' }],
    ['a blob of ours as Referer', { Referer: 'blob:https://app.example/x' }],
    ['Referer that is no URL', { Referer: 'app.example' }],
    ['nothing at all', {}],
  ])('SEC-198 refuses %s', (_label, headers) => {
    expect(judge(headers)).toBe(false)
    expect(judge(headers, 'app_or_user')).toBe(false)
  })

  it('SEC-198 accepts a typed address only where the route says so', () => {
    expect(judge({ 'Sec-Fetch-Site': 'none' })).toBe(false)
    expect(judge({ 'Sec-Fetch-Site': 'none' }, 'app_or_user')).toBe(true)
  })
})
