import type { Audit } from '../audit.js'
import { eachRow, mustBe, mustHold } from '../check.js'

/** Attack list 4.B. Each of them leads to another origin in some browser or with some parser. */
const hostile: readonly (readonly [row: string, target: string])[] = [
  ['SEC-18 absolute', 'https://evil.example'],
  ['SEC-18 ftp', 'ftp://evil.example'],
  ['SEC-19 protocol-relative', '//evil.example'],
  ['SEC-19 four slashes', '////evil.example'],
  ['SEC-20 slash backslash', '/\\evil.example'],
  ['SEC-20 backslash slash', '\\/evil.example'],
  ['SEC-21 TAB', '/\t/evil.example'],
  ['SEC-21 LF', '/\n/evil.example'],
  ['SEC-22 leading space', ' //evil.example'],
  ['SEC-23 dot segment', '/.//evil.example'],
  ['SEC-23 dot dot segment', '/a/..//evil.example'],
  ['SEC-23 encoded dots', '/%2e%2e//evil.example'],
  ['SEC-24 scheme without slashes', 'https:evil.example'],
  ['SEC-25 our name as user', 'ORIGIN@evil.example'],
  ['SEC-26 our origin as prefix', 'ORIGIN.evil.example'],
  ['SEC-27 other port', 'http://127.0.0.1:1/x'],
  ['SEC-28 blob', 'blob:ORIGIN/uuid'],
  ['SEC-29 javascript', 'javascript:alert(1)'],
  ['SEC-29 data', 'data:text/html,x'],
  ['SEC-30 ideographic dot', '//evil。example'],
  ['SEC-32 raw CRLF', '/ok\r\nLocation: https://evil.example'],
  ['SEC-33 NUL', '/\u0000'],
  ['SEC-34 logout', '/auth/logout'],
  ['SEC-34 logout, encoded', '/auth/%6cogout'],
  ['SEC-36 8 KB', `/${'a'.repeat(8192)}`],
]

/** What has to arrive as it was sent. */
const honest: readonly (readonly [label: string, target: string, expected: string])[] = [
  ['path and query', '/private?page=2&sort=name', '/private?page=2&sort=name'],
  ['parameters of OAuth', '/private?client_id=x&scope=y', '/private?client_id=x&scope=y'],
  ['encoded slashes stay encoded', '/%2f%2fevil.example', '/%2f%2fevil.example'],
  ['encoded CRLF stays encoded', '/ok%0d%0aSet-Cookie:%20x=y', '/ok%0d%0aSet-Cookie:%20x=y'],
  ['letters of other alphabets', '/größe?q=日本', '/gr%C3%B6%C3%9Fe?q=%E6%97%A5%E6%9C%AC'],
  ['a fragment is dropped', '/private#access_token=x', '/private'],
]

/** Where a login may lead. */
export const returnTo: readonly Audit[] = [
  {
    id: '7m5z',
    name: 'MUST NOT redirect off-origin, for every payload of the return-to table',
    cites: 'RFC 9700 §4.11.1; CWE-601; SEC-18 to SEC-44',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await eachRow(hostile, async (_row, target) => {
        const query = new URLSearchParams({ return_to: target.replace('ORIGIN', site.origin) })
        for (const route of ['/auth/login', '/auth/refresh']) {
          const page = await person.copy().navigate(site.at(`${route}?${query}`))
          mustBe(`${route}: status and Location`, [page.status, page.headers.get('location')], [303, site.at('/')])
        }
      })
      // Once through a whole login, where the target has rested in a cookie.
      const browser = site.browser()
      const done = await site.logIn(browser, { query: 'return_to=/\\evil.example' })
      mustBe('through a login', done.headers.get('location'), site.at('/'))
    },
  },
  {
    id: '69vf',
    name: 'MUST lead back to an honest page exactly as it was asked for',
    cites: 'SEC-31; SEC-32; SEC-39; SEC-44',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn()
      await eachRow(honest, async (_label, target, expected) => {
        const query = new URLSearchParams({ return_to: target })
        const page = await person.navigate(site.at(`/auth/login?${query}`))
        mustBe('Location', page.headers.get('location'), site.at(expected))
      })
      const browser = site.browser()
      const { authorization } = await site.arrive(browser, { query: 'return_to=%2Fprivate%3Fclient_id%3Dx' })
      mustBe('client_id of the authorization request', authorization.searchParams.getAll('client_id').length, 1)
      mustHold('return_to stays here', !authorization.searchParams.has('return_to'))
    },
  },
]
