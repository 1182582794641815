import type { IdpInitiatedLoginInput } from '@scalegate/emulator'
import { Browser, type Page } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { foreignKey, forge, hs256, payloadOf, rs256, unsigned } from '../support/forgery.js'
import { connections, logIn, organizations, people, proceed } from '../support/journey.js'
import { codeOf, expectBad, expectPrivate } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

const portal = 'https://portal.customer.example/'
const evil = 'https://evil.example/'
const { acme, globex } = organizations

/** Attack list 4.K, rows 245 to 252, 255 and 257: a token that somebody else puts into a person's browser. */
describe.each(frameworks)('IdP-initiated login on %s', (framework) => {
  const kept = { idToken: '' }
  const stage = useStage({
    framework,
    options: { onLogin: (login) => void Object.assign(kept, { idToken: login.tokens.idToken }) },
  })
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control
  const tokenOf = async (input: Partial<IdpInitiatedLoginInput> = {}) =>
    (await control().idpInitiatedLogin({ organizationId: acme, ...input })).token
  const now = () => stage().now()

  /** Both addresses that Scalekit's documents name for it; a callback hands over to the login. */
  const doors = ['/auth/login', '/auth/callback'] as const
  async function open(token: string, browser = new Browser(), door: (typeof doors)[number] = '/auth/login') {
    const page = await browser.navigate(at(`${door}?idp_initiated_login=${encodeURIComponent(token)}`), {
      from: portal,
    })
    if (door === '/auth/login') return page
    expect([page.status, page.next?.startsWith(at('/auth/login?idp_initiated_login='))]).toEqual([303, true])
    expectSilent(page)
    return browser.navigate(page.next!, { from: portal })
  }

  /** Refused at both doors, wherever the browser would have been led: nobody was asked for a login. */
  async function expectNoLogin(token: string, reason?: string): Promise<void> {
    for (const door of doors) {
      await stage().forget()
      const browser = new Browser()
      const page = await open(token, browser, door)
      await expectBad(stage(), page, 'idp_login_invalid')
      if (reason !== undefined) expect(stage().app.events.at(-1)).toMatchObject({ type: 'login_refused', reason })
      await browser.follow(at(`${door}?idp_initiated_login=${encodeURIComponent(token)}`), { from: portal })
      const asked = (await stage().requests()).map(({ kind }) => kind)
      expect(asked.filter((kind) => kind !== 'keys')).toEqual([])
      expect((await browser.cookies(at('/'))).size).toBe(0)
    }
  }

  /** What the provider is asked for, by the app itself. */
  function asked(page: Page): URLSearchParams {
    expect(page.status).toBe(303)
    const url = new URL(page.next ?? 'missing:')
    expect(url.origin + url.pathname).toBe(`${stage().emulator.url}/oauth/authorize`)
    return url.searchParams
  }

  const claims: readonly (readonly [string, string, () => Record<string, unknown>])[] = [
    ['SEC-245 expired', 'expired', () => ({ iat: now() - 400, nbf: now() - 400, exp: now() - 100 })],
    ['SEC-245 not yet', 'nbf', () => ({ nbf: now() + 120 })],
    ['SEC-245 a lifetime of more than ten minutes', 'lifetime', () => ({ exp: now() + 700 })],
    ['SEC-245 no exp', 'exp_missing', () => ({ exp: null })],
    ['SEC-245 no iat', 'iat', () => ({ iat: null })],
    ['SEC-246 another issuer', 'iss', () => ({ iss: evil })],
    ['SEC-246 no issuer', 'iss', () => ({ iss: null })],
    ['SEC-246 another audience', 'aud', () => ({ aud: 'skc_101000000000000002' })],
    ['SEC-246 audiences without us', 'aud', () => ({ aud: ['skc_101000000000000002'] })],
    ['SEC-250 an organization with a parameter', 'organization_id', () => ({ organization_id: 'org_1&prompt=none' })],
    ['SEC-250 an organization as a list', 'organization_id', () => ({ organization_id: [acme] })],
    ['SEC-250 a connection as a path', 'connection_id', () => ({ connection_id: '../conn_1' })],
    ['SEC-250 neither of them', 'selector_missing', () => ({ organization_id: null, connection_id: null })],
  ]
  it.each(rowsFor(framework, claims))('%s', async (_label, reason, changes) => {
    await expectNoLogin(await tokenOf({ claims: changes() }), reason)
  })

  it.each(['at+jwt', 'logout+jwt', 'idp+jwt'])('SEC-245 typ %s', async (typ) => {
    await expectNoLogin(await tokenOf({ header: { typ } }), 'typ')
  })

  it('SEC-245 forged: another key, no signature, HMAC with what everybody knows', async () => {
    const real = await tokenOf()
    const key = foreignKey()
    const { kid } = JSON.parse(Buffer.from(real.split('.')[0]!, 'base64url').toString()) as { kid: string }
    const header = { alg: 'RS256', typ: 'JWT', kid }
    const [head, , signature] = real.split('.')
    const swapped = Buffer.from(JSON.stringify({ ...payloadOf(real), login_hint: 'evil@example.com' })).toString(
      'base64url',
    )
    for (const token of [
      forge(header, payloadOf(real), rs256(key)),
      forge({ ...header, jwk: key.jwk }, payloadOf(real), rs256(key)),
      forge({ ...header, alg: 'none' }, payloadOf(real), unsigned),
      forge({ ...header, alg: 'none' }, payloadOf(real), () => signature!),
      forge({ ...header, alg: 'HS256' }, payloadOf(real), hs256(stage().emulator.clientSecret)),
      `${head}.${swapped}.${signature}`,
      'x',
      '<script>alert(1)</script>',
    ])
      await expectNoLogin(token)
  })

  it('SEC-247 ID, access and logout tokens start no login', async () => {
    const browser = new Browser()
    await logIn(browser, stage().app)
    const access = (await browser.fetch(at('/token'))).text
    const { logout_token: logout } = await control().logoutToken({ sub: people.ada })
    for (const token of [kept.idToken, access, logout]) await expectNoLogin(token)
    // Nor do their claims with selectors beside them.
    for (const token of [kept.idToken, access, logout])
      await expectNoLogin(
        await tokenOf({ claims: { ...payloadOf(token), iss: stage().emulator.url, organization_id: acme } }),
      )
  })

  it.each(doors)('SEC-248 the same token twice, at %s', async (door) => {
    const token = await tokenOf()
    expect(asked(await open(token, new Browser(), door)).get('organization_id')).toBe(acme)
    for (const again of doors) await expectBad(stage(), await open(token, new Browser(), again), 'idp_login_replayed')
    await stage().forget()
    await new Browser().follow(at(`/auth/login?idp_initiated_login=${token}`), { from: portal })
    expect(await stage().requests()).toEqual([])
  })

  it('SEC-248 the same token at once is one login', async () => {
    const token = await tokenOf()
    const pages = await Promise.all(Array.from({ length: 10 }, () => open(token)))
    expect(pages.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  const relayStates: readonly (readonly [string, unknown])[] = [
    ['an address elsewhere', evil],
    ['without a scheme', '//evil.example'],
    ['a backslash', '/\\evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['a route of the kit', '/auth/logout'],
    ['a line break', '/x\r\nSet-Cookie: a=b'],
    ['8 KB', `/${'x'.repeat(8000)}`],
    ['an object', { to: '/members' }],
    ['a list', ['/members']],
  ]
  it.each(rowsFor(framework, relayStates))(
    'SEC-249 relay_state as %s leads nowhere and is no state',
    async (_label, relayState) => {
      const browser = new Browser()
      const page = await open(await tokenOf({ claims: { relay_state: relayState } }), browser)
      const sent = asked(page)
      expect(sent.get('state')).toMatch(/^[\w-]{43}$/)
      expect([...sent.values()].join(' ')).not.toContain(String(relayState).slice(0, 12))
      const { callback } = await proceed(browser, withoutConnection(page))
      expect((await browser.navigate(callback.href)).next).toBe(at('/'))
    },
  )

  it.each(doors)('a relay_state of the app is where the person lands, through %s', async (door) => {
    const browser = new Browser()
    const token = await tokenOf({ relayState: '/members?a=1', claims: { connection_id: null, login_hint: null } })
    const { callback } = await proceed(browser, await open(token, browser, door))
    expect((await browser.navigate(callback.href)).next).toBe(at('/members?a=1'))
  })

  it('SEC-251 whoever is signed in stays so until another one has logged in', async () => {
    // The provider would say that Max is gone; here nobody but the kit does.
    await control().updateClient(stage().emulator.clientId, { backchannelLogoutUri: 'http://127.0.0.1:9/' })
    const browser = new Browser()
    await logIn(browser, stage().app, { user: people.max })
    const copy = browser.copy()
    const token = await tokenOf({ email: 'sam@example.com' })
    const page = await open(token, browser)
    const person = async (of: Browser) => (await of.fetch(at('/'))).text
    expect([await person(browser), await person(copy)]).toEqual(Array(2).fill(`hello ${people.max}`))
    const callback = await throughSimulator(browser, page, 'sam@example.com')
    expect((await browser.navigate(callback)).status).toBe(303)
    expect(await person(browser)).toMatch(/^hello usr_/)
    expect([await person(browser), await person(copy)]).not.toContain(`hello ${people.max}`)
    expect(await person(copy)).toBe('stranger')
  })

  it('SEC-252 an attacker’s token signs the victim in as nobody: the victim’s own browser has to log in', async () => {
    const victim = new Browser()
    const page = await open(await tokenOf({ email: 'evil@example.com' }), victim)
    expect((await victim.fetch(at('/'))).text).toBe('stranger')
    expect(await stage().tokenCalls()).toBe(0)
    // The provider asks this browser; the token has authenticated nobody.
    const [simulator] = (await victim.follow(page.next!)).slice(-1)
    expect([simulator?.status, simulator?.url.startsWith(stage().emulator.url)]).toEqual([200, true])
    // And what the attacker's own browser brings back does not fit into the victim's.
    const attacker = new Browser()
    const own = await open(await tokenOf({ email: 'eve@example.com' }), attacker)
    const stolen = await throughSimulator(attacker, own, 'eve@example.com')
    await stage().forget()
    await expectBad(stage(), await victim.navigate(stolen), 'state_invalid')
  })

  it('SEC-255 the token goes no further: no referrer, no cache, no event, not to the provider', async () => {
    for (const door of doors) {
      const browser = new Browser()
      // Two of one second and one person are the same token.
      const token = await tokenOf({ email: `${door.replaceAll('/', '')}@example.com` })
      const page = await open(token, browser, door)
      expectSilent(page)
      expect(page.next).not.toContain(token)
      expect(page.text).not.toContain(token)
      expect(JSON.stringify([stage().app.events, [...(await browser.cookies(at('/')))]])).not.toContain(
        token.slice(-40),
      )
    }
  })

  it('SEC-257 a login that ends in another organization than the token says', async () => {
    await control().settings({ foreignOrganization: 'other' })
    const browser = new Browser()
    const token = await tokenOf({ organizationId: globex, claims: { connection_id: null, login_hint: null } })
    const page = await open(token, browser)
    expect(asked(page).get('organization_id')).toBe(globex)
    const { callback } = await proceed(browser, page, { user: people.ada })
    await stage().forget()
    await expectBad(stage(), await browser.navigate(callback.href), 'organization_mismatch', {
      tokenCalls: 1,
      finished: true,
    })
    expect((await browser.fetch(at('/'))).text).toBe('stranger')
  })

  it('keys out of reach: told to come again, and the token is not used up', async () => {
    const token = await tokenOf()
    await control().addFault({ endpoint: 'keys', kind: 'status', status: 503, times: 0 })
    await control().rotateKeys('none')
    await stage().advance(31)
    const fresh = await tokenOf()
    const page = await open(fresh)
    expect([page.status, codeOf(page), page.headers.get('retry-after')]).toEqual([503, 'provider_unavailable', '5'])
    await control().clearFaults()
    await stage().advance(31)
    expect(asked(await open(fresh)).get('connection_id')).toBe(connections.acme)
    await expectBad(stage(), await open(token), 'idp_login_invalid')
  })

  function expectSilent(page: Page): void {
    expectPrivate(page)
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    const names = page.headers.getSetCookie().map((line) => line.slice(0, line.search(/[.=]/)))
    expect(names.filter((name) => !['scalegate-login', 'scalegate-arrivals'].includes(name))).toEqual([])
  }

  /** The same login with the organization only, whose people the login page knows. */
  function withoutConnection(page: Page): Page {
    const url = new URL(page.next!)
    for (const name of ['connection_id', 'login_hint']) url.searchParams.delete(name)
    return { ...page, next: url.href }
  }

  /** Answers the simulator of the connection; gives the callback address. */
  async function throughSimulator(browser: Browser, page: Page, email: string): Promise<string> {
    const simulator = (await browser.follow(page.next!)).at(-1)
    const action = /action="([^"]+)"/.exec(simulator?.text ?? '')?.[1]
    if (simulator === undefined || action === undefined) throw new Error('The simulator did not come.')
    const target = new URL(action, simulator.url).href
    let last = await browser.navigate(target, { form: { email, outcome: 'success' }, from: simulator.url })
    while (!last.next?.includes('/auth/callback?')) {
      if (last.next === undefined) throw new Error(`The simulator did not come back: ${last.status} ${last.text}`)
      last = await browser.navigate(last.next)
    }
    return last.next
  }
})
