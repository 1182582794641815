import { Browser, type Page, raw } from '@scalegate/testing/audits'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { frameworks, makeKit } from '../support/app.js'
import { arrive, logIn } from '../support/journey.js'
import { expect401, expectBad, expectLogin, expectLoginPage, expectPrivate, problemOf } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

/** Attack list 4.B. `FALLBACK` stands for the configured default and an event. */
const FALLBACK = Symbol('fallback')

const payloads: readonly (readonly [row: string, target: string, expected: string | typeof FALLBACK])[] = [
  ['SEC-018 absolute', 'https://evil.example', FALLBACK],
  ['SEC-018 absolute, http', 'http://evil.example/x', FALLBACK],
  ['SEC-018 absolute, ftp', 'ftp://evil.example', FALLBACK],
  ['SEC-019 protocol-relative', '//evil.example', FALLBACK],
  ['SEC-019 three slashes', '///evil.example', FALLBACK],
  ['SEC-019 four slashes', '////evil.example', FALLBACK],
  ['SEC-020 slash backslash', '/\\evil.example', FALLBACK],
  ['SEC-020 two backslashes', '\\\\evil.example', FALLBACK],
  ['SEC-020 slash backslash slash', '/\\/evil.example', FALLBACK],
  ['SEC-020 backslash slash', '\\/evil.example', FALLBACK],
  ['SEC-021 TAB', '/\t/evil.example', FALLBACK],
  ['SEC-021 LF', '/\n/evil.example', FALLBACK],
  ['SEC-021 CR', '/\r/evil.example', FALLBACK],
  ['SEC-021 leading TAB', '\t//evil.example', FALLBACK],
  ['SEC-022 leading space', ' //evil.example', FALLBACK],
  ['SEC-022 leading C0', '\u0001//evil.example', FALLBACK],
  ['SEC-023 dot segment before two slashes', '/.//evil.example', FALLBACK],
  ['SEC-023 dot dot segment before two slashes', '/..//evil.example', FALLBACK],
  ['SEC-023 after a directory', '/a/..//evil.example', FALLBACK],
  ['SEC-023 with a backslash', '/./\\evil.example', FALLBACK],
  ['SEC-023 encoded dots', '/%2e%2e//evil.example', FALLBACK],
  ['SEC-024 scheme without slashes', 'https:evil.example', FALLBACK],
  ['SEC-024 scheme with one slash', 'https:/evil.example', FALLBACK],
  ['SEC-024 other scheme without slashes', 'http:evil.example', FALLBACK],
  ['SEC-025 our name as user', 'ORIGIN@evil.example', FALLBACK],
  ['SEC-025 our name as user and password', 'ORIGIN:443@evil.example', FALLBACK],
  ['SEC-025 backslash at', 'http://evil.example\\@127.0.0.1', FALLBACK],
  ['SEC-025 fragment at', 'http://evil.example#@127.0.0.1', FALLBACK],
  ['SEC-026 our origin as prefix', 'ORIGIN.evil.example', FALLBACK],
  ['SEC-026 our name in the path', 'http://evil.example/127.0.0.1', FALLBACK],
  ['SEC-026 our name as suffix', 'http://not127.0.0.1/', FALLBACK],
  ['SEC-027 other scheme', 'https://127.0.0.1/x', FALLBACK],
  ['SEC-027 other port', 'http://127.0.0.1:1/x', FALLBACK],
  ['SEC-028 blob of our origin', 'blob:ORIGIN/uuid', FALLBACK],
  ['SEC-029 javascript', 'javascript:alert(1)', FALLBACK],
  ['SEC-029 javascript, mixed case', 'JaVaScRiPt:alert(1)', FALLBACK],
  ['SEC-029 javascript with LF', 'java\nscript:alert(1)', FALLBACK],
  ['SEC-029 data', 'data:text/html,<script>alert(1)</script>', FALLBACK],
  ['SEC-029 vbscript', 'vbscript:x', FALLBACK],
  ['SEC-029 file', 'file:///etc/passwd', FALLBACK],
  ['SEC-030 ideographic dot', '//evil。example', FALLBACK],
  ['SEC-030 encoded ideographic dot', '//evil%E3%80%82example', FALLBACK],
  ['SEC-030 homoglyph', '//еvil.example', FALLBACK],
  ['SEC-031 encoded slashes stay encoded', '/%2f%2fevil.example', '/%2f%2fevil.example'],
  ['SEC-031 encoded backslash stays encoded', '/%5cevil.example', '/%5cevil.example'],
  ['SEC-031 encoded without a slash in front', '%2f%2fevil.example', FALLBACK],
  ['SEC-031 encoded twice', '%252f%252fevil.example', FALLBACK],
  ['SEC-032 encoded CRLF stays encoded', '/ok%0d%0aSet-Cookie:%20x=y', '/ok%0d%0aSet-Cookie:%20x=y'],
  ['SEC-032 raw CRLF', '/ok\r\nLocation: https://evil.example', FALLBACK],
  ['SEC-033 encoded NUL is no end', '/path%00.evil', '/path%00.evil'],
  ['SEC-033 raw NUL', '/\u0000', FALLBACK],
  ['SEC-034 login', '/auth/login', FALLBACK],
  ['SEC-034 login of a login', '/auth/login?return_to=/auth/login', FALLBACK],
  ['SEC-034 logout', '/auth/logout', FALLBACK],
  ['SEC-034 callback', '/auth/callback?code=a&state=b', FALLBACK],
  ['SEC-034 logout, upper case', '/AUTH/LOGOUT', FALLBACK],
  ['SEC-034 logout, encoded', '/auth/%6cogout', FALLBACK],
  ['SEC-034 logout by a detour', '/x/../auth/logout', FALLBACK],
  ['SEC-035 any other page of the app', '/api/delete?id=1', '/api/delete?id=1'],
  ['SEC-036 8 KB', `/${'a'.repeat(8192)}`, FALLBACK],
  ['SEC-038 lone surrogate', '/\ud800', '/%EF%BF%BD'],
  ['SEC-039 fragment', '/x#access_token=secret', '/x'],
  ['SEC-043 locale and back', '/fr/../../x', '/x'],
  ['SEC-043 data of Next', '/_next/data/build/x.json', FALLBACK],
  ['SEC-043 images of Next', '/_next/image?url=https://evil.example', FALLBACK],
  ['SEC-044 parameters of OAuth', '/x?a=1&client_id=x&scope=y', '/x?a=1&client_id=x&scope=y'],
  ['an ordinary page', '/projects?page=2&sort=name', '/projects?page=2&sort=name'],
  ['our own absolute address', 'ORIGIN/projects?page=2', '/projects?page=2'],
]

const options = { login: { returnTo: '/home' } }

describe.each(['Express 5', 'Hono'] as const)('return_to on %s: every payload', (framework) => {
  const stage = useStage({ framework, options, between: 'keep' })
  const at = (path: string) => stage().app.origin + path
  const person = new Browser()
  beforeAll(() => logIn(person, stage().app))

  const address = (path: string, target: string) =>
    at(`${path}?${new URLSearchParams({ return_to: target.replace('ORIGIN', stage().app.origin) })}`)
  const refusals = () => stage().app.events.filter(({ type }) => type === 'return_to_refused')

  function expectTarget(page: Page, expected: string | typeof FALLBACK): void {
    expect([page.status, page.headers.get('location')]).toEqual([303, at(expected === FALLBACK ? '/home' : expected)])
    expect(refusals().length).toBe(expected === FALLBACK ? 1 : 0)
    expectPrivate(page)
  }

  it.each(payloads)('%s', async (_row, target, expected) => {
    expectTarget(await person.navigate(address('/auth/login', target)), expected)
    if (target.length > 20) expect(JSON.stringify(stage().app.events)).not.toContain(target.slice(1, 20))
  })

  it.each(
    rowsFor(
      framework,
      payloads.filter(([row]) => /SEC-0(19|20|23|28|29|31|32|39) (?!.*,)/.test(row)),
    ),
  )('through a whole login: %s', async (_row, target, expected) => {
    const browser = new Browser()
    const query = new URLSearchParams({ return_to: target.replace('ORIGIN', stage().app.origin) }).toString()
    const { callback, authorization } = await arrive(browser, stage().app, { query })
    expect([...authorization.searchParams.keys()]).not.toContain('return_to')
    expectTarget(await browser.navigate(callback.href), expected)
  })

  it.each(
    rowsFor(
      framework,
      payloads.filter(([row]) => /SEC-0(18|19|20|23|28|29|32|34) /.test(row)),
    ),
  )('through the refresh route: %s', async (_row, target, expected) =>
    expectTarget(await person.copy().navigate(address('/auth/refresh', target)), expected),
  )

  it('SEC-036 2 MB', async () => {
    const target = `/auth/login?return_to=/${'a'.repeat(2_000_000)}`
    // Node's own limit on the head of a request stands before the kit.
    expect((await raw(stage().app.origin, { target })).status).toBe(431)
  })

  it.each(['return_to=/a&return_to=/b', 'return_to=/a&return_to='])('SEC-037 given twice: %s', async (query) => {
    expectTarget(await person.navigate(at(`/auth/login?${query}`)), FALLBACK)
  })

  it.each(['return_to[]=/a', 'return_to[0]=/a', 'returnTo=/a', 'next=/a'])(
    'SEC-037 another name: %s',
    async (query) => {
      const page = await person.navigate(at(`/auth/login?${query}`))
      expect([page.headers.get('location'), refusals()]).toEqual([at('/home'), []])
    },
  )

  it('F1 whatever is asked for, a browser stays here', async () => {
    const pieces = [
      '/',
      '\\',
      ':',
      '@',
      '?',
      '#',
      '%',
      '.',
      '..',
      '\t',
      '\n',
      '\0',
      '//',
      'evil.example',
      'http:',
      '%2f',
      '%5c',
      '。',
      '\ud800',
    ]
    const target = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
    const locationOf = async (text: string) =>
      (await person.navigate(address('/auth/login', text))).headers.get('location') ?? ''
    const property = fc.asyncProperty(target, async (text) => {
      const location = await locationOf(text)
      expect(location.startsWith(`${stage().app.origin}/`)).toBe(true)
      expect(await locationOf(location)).toBe(location)
    })
    await fc.assert(property, { numRuns: 100 })
  })
})

describe.each(frameworks)('return_to on %s', (framework) => {
  const stage = useStage({
    framework,
    options,
    between: 'keep',
    areas: { '/everything': (auth) => auth.requireAuth() },
  })
  const at = (path: string) => stage().app.origin + path
  const navigation = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Accept: text/html']

  it('SEC-040 a transaction that was tampered with', async () => {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app, { query: 'return_to=/a' })
    const cookies = await browser.cookies(at('/'))
    const [name = '', value = ''] = [...cookies].find(([key]) => key.startsWith('scalegate-login.')) ?? []
    for (const position of [0, 10, 80, 120, value.length - 50, value.length - 1]) {
      const flipped = value.slice(0, position) + (value[position] === 'A' ? 'B' : 'A') + value.slice(position + 1)
      const page = await new Browser().navigate(callback.href, { headers: { cookie: `${name}=${flipped}` } })
      await expectBad(stage(), page, 'state_invalid')
    }
  })

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'home', '/..//evil.example'])(
    'SEC-041 a configured default that leads away: %s',
    (returnTo) => {
      for (const configured of [{ login: { returnTo } }, { logout: { returnTo } }])
        expect(() => makeKit(framework, configured)).toThrowError(
          expect.objectContaining({ code: 'configuration_invalid' }),
        )
    },
  )

  it.each([
    '/everything//evil.example',
    '/everything/..//evil.example',
    '/everything/%2e%2e//evil.example',
    '//evil.example/everything',
    'http://evil.example/everything',
    '*',
  ])('SEC-042 the target of the request itself: %s', async (target) => {
    const answer = await raw(stage().app.origin, { target, headers: navigation })
    // Whether the framework finds a route there is its own business; the address never leads away. Below Hono the
    // server makes a URL of the target, which `*` cannot be.
    expect(framework === 'Hono' && target === '*' ? [400] : [200, 303, 404]).toContain(answer.status)
    const location = answer.headers.get('location')
    if (location === null) return
    expect(location.startsWith(`${at('/auth/login')}`)).toBe(true)
    const returnTo = new URL(location).searchParams.get('return_to') ?? '/'
    expect(new URL(returnTo, stage().app.origin).origin).toBe(stage().app.origin)
  })

  it('SEC-044 the login address of a guard holds the page as one value', async () => {
    const page = await new Browser().navigate(at('/private?a=1&client_id=x&return_to=//evil.example'))
    expectLogin(page, '/private?a=1&client_id=x&return_to=//evil.example')
    const fetched = await new Browser().fetch(at('/private?client_id=x'))
    expect401(fetched)
    expect(problemOf(fetched).login_url).toBe(at('/auth/login'))
  })

  it.each(['https://evil.example/', 'http://127.0.0.1:1/x', 'javascript:alert(1)'])(
    'SEC-018 the page before a guarded POST: %s',
    async (referer) => {
      expectLoginPage(await new Browser().navigate(at('/private'), { form: {}, headers: { referer } }), undefined)
    },
  )
})
