import { Browser, type Page } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { logIn, organizations, people, proceed } from '../support/journey.js'
import { codeOf, expectBad, expectPrivate } from '../support/refusals.js'
import { requestRowsFor, rowsFor, useStage } from '../support/stage.js'

const elsewhere = 'https://evil.example/'

/** Attack list 4.K, rows 253, 254 and 256: the address at which others start a login. */
describe.each(frameworks)('initiate login on %s', (framework) => {
  const stage = useStage({ framework })
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control
  const start = (query: string, browser = new Browser()) =>
    browser.navigate(at(`/auth/login?${query}`), { from: elsewhere })
  const tile = async (email = 'sam@example.com') =>
    (await control().idpInitiatedLogin({ organizationId: organizations.acme, email })).token

  async function expectNothingAsked(): Promise<void> {
    const kinds = (await stage().requests()).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind !== 'keys')).toEqual([])
  }

  const errors: readonly (readonly [string, string, number])[] = [
    ['error=access_denied&error_description=canary-words', 'access_denied', 403],
    ['error=<script>alert(1)</script>&error_description=canary-words', 'idp_error', 400],
    ['error_description="><img src=x onerror=alert(1)>', 'idp_error', 400],
    ['error=access_denied&error=login_required', 'request_invalid', 400],
  ]
  it.each(requestRowsFor(framework, errors))(
    'SEC-253 %s wins over a token, and is not repeated',
    async (query, code, status) => {
      const error = query.replace(/[<>" ]/g, encodeURIComponent)
      const token = await tile()
      for (const order of [`${error}&idp_initiated_login=${token}`, `idp_initiated_login=${token}&${error}`]) {
        const page = await start(order)
        await expectBad(stage(), page, code, { status })
        expect(page.text).not.toMatch(/canary|onerror|alert/)
      }
      await expectNothingAsked()
      // The token was not even looked at; and without a value an error counts as left out (RFC 6749 §3.1).
      expect((await start(`error=&idp_initiated_login=${token}`)).status).toBe(303)
    },
  )

  it('SEC-253 an error that somebody else puts into the address ends no session and no login under way', async () => {
    const browser = new Browser()
    await logIn(browser, stage().app)
    const { callback } = await proceed(browser, await browser.navigate(at('/auth/login?prompt=login')))
    await stage().forget()
    await expectBad(stage(), await start('error=access_denied', browser), 'access_denied', { status: 403 })
    expect((await browser.fetch(at('/'))).text).toBe(`hello ${people.ada}`)
    expect((await browser.navigate(callback.href)).status).toBe(303)
  })

  const issuers: readonly (readonly [string, (issuer: string) => string])[] = [
    ['of somebody else', () => 'https://evil.example'],
    ['with a slash more', (issuer) => `${issuer}/`],
    ['in capitals', (issuer) => issuer.toUpperCase()],
    ['that ours begins with', (issuer) => issuer.slice(0, -1)],
    ['with ours inside', (issuer) => `https://evil.example/?${issuer}`],
  ]
  it.each(rowsFor(framework, issuers))('SEC-254 an issuer %s starts nothing', async (_label, iss) => {
    const query = new URLSearchParams({
      iss: iss(stage().emulator.url),
      target_link_uri: at('/members'),
      login_hint: 'ada@acme.test',
    })
    await expectBad(stage(), await start(query.toString()), 'issuer_mismatch')
    await expectNothingAsked()
  })

  it('SEC-254 iss twice', async () => {
    const iss = encodeURIComponent(stage().emulator.url)
    await expectBad(stage(), await start(`iss=${iss}&iss=${iss}`), 'request_invalid')
  })

  const targets: readonly (readonly [string, () => string, string])[] = [
    ['a page of ours', () => at('/members'), '/members'],
    ['another site', () => 'https://evil.example/', '/'],
    ['another port of this host', () => 'http://127.0.0.1:1/members', '/'],
    ['a script', () => 'javascript:alert(1)', '/'],
    ['without a scheme', () => '//evil.example', '/'],
    ['the log-out', () => at('/auth/logout'), '/'],
  ]
  it.each(rowsFor(framework, targets))('SEC-254 our issuer with %s as the target', async (_label, target, landing) => {
    const browser = new Browser()
    const iss = stage().emulator.url
    const hint = 'ada@acme.test&prompt=none\r\nX: y'
    const query = new URLSearchParams({
      iss,
      target_link_uri: target(),
      login_hint: 'ada@acme.test',
      return_to: '/sso',
    })
    const page = await start(query.toString(), browser)
    const sent = new URL(page.next!)
    expect([sent.origin, sent.searchParams.get('login_hint'), sent.searchParams.get('prompt')]).toEqual([
      iss,
      'ada@acme.test',
      null,
    ])
    expect([...sent.searchParams.keys()].filter((name) => /target|return|iss/.test(name))).toEqual([])
    const { callback } = await proceed(browser, page)
    expect((await browser.navigate(callback.href)).next).toBe(at(landing))
    // A hint stays one value, whatever is in it.
    query.set('login_hint', hint.split('\r')[0]!)
    const odd = new URL((await start(query.toString())).next!).searchParams
    expect([odd.get('login_hint'), odd.has('prompt')]).toEqual(['ada@acme.test&prompt=none', false])
    query.set('login_hint', hint)
    expect(new URL((await start(query.toString())).next!).searchParams.has('login_hint')).toBe(false)
  })

  const loops: readonly (readonly [string, () => Promise<string>])[] = [
    ['a bookmark', async () => ''],
    ['an expired login', async () => 'organization_id=org_102000000000000001'],
    ['a third party', async () => new URLSearchParams({ iss: stage().emulator.url }).toString()],
  ]
  it.each(loops)('SEC-256 %s that comes round for the third time within a minute', async (_label, query) => {
    const browser = new Browser()
    const once = async () => start(await query(), browser)
    expect([(await once()).status, (await once()).status]).toEqual([303, 303])
    const page = await once()
    expectLoop(page)
    expectLoop(await once())
    // A click on a page of the app is nobody's loop, and neither is another browser's.
    expect((await browser.navigate(at('/auth/login'), { from: at('/') })).status).toBe(303)
    expect((await start(await query())).status).toBe(303)
    // What the browser does of itself a minute later.
    await browser.forget(at('/'))
    expect((await once()).status).toBe(303)
  })

  it('SEC-256 tiles, at both addresses', async () => {
    const browser = new Browser()
    const pages: Page[] = []
    for (const door of ['/auth/login', '/auth/callback', '/auth/login']) {
      const token = await tile(`${pages.length}@example.com`)
      const page = await browser.navigate(at(`${door}?idp_initiated_login=${token}`), { from: elsewhere })
      pages.push(door === '/auth/login' ? page : await browser.navigate(page.next!, { from: elsewhere }))
    }
    expect(pages.map(({ status }) => status)).toEqual([303, 303, 400])
    expectLoop(pages[2]!)
  })

  it('SEC-256 logins that end are no loop', async () => {
    const browser = new Browser()
    for (let login = 0; login < 4; login++) {
      const { callback } = await proceed(browser, await start('prompt=login', browser))
      expect((await browser.navigate(callback.href)).status).toBe(303)
    }
  })

  it('the provider’s own links: an error, and a bookmark of its login page', async () => {
    const url = await control().initiateLogin({ error: 'access_denied', errorDescription: 'canary' })
    const refused = await new Browser().navigate(url, { from: elsewhere })
    expect([refused.status, codeOf(refused)]).toEqual([403, 'access_denied'])
    const bookmark = await new Browser().navigate(`${stage().emulator.url}/login`)
    expect(bookmark.next).toBe(at('/auth/login'))
  })

  /** A dead end with a way on that only a person takes, and a cookie that only counts. */
  function expectLoop(page: Page): void {
    expect([page.status, codeOf(page), page.next]).toEqual([400, 'login_loop', undefined])
    expectPrivate(page)
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.text).toContain(`href="${at('/auth/login')}"`)
    expect(page.headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')))).toEqual(['scalegate-arrivals'])
  }
})
