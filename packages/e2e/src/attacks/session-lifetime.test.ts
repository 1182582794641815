import { scalegate } from '@scalegate/express'
import { Browser, raw } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { arrive, logIn, logOut, people } from '../support/journey.js'
import { claims, cookiesOf, longSessions as seed } from '../support/long-sessions.js'
import { expect401, expectAnon, expectBad, sessionCookies } from '../support/refusals.js'
import { testSecret } from '../support/secret.js'
import { useStage } from '../support/stage.js'

/**
 * Rows about time, secrets and what one browser holds after another. Core alone decides them, so Express 5 stands for
 * all frameworks.
 */
describe('session cookie over time', () => {
  const stage = useStage({ emulator: { seed } })
  const at = (path: string) => stage().app.origin + path

  async function signedIn(user: string = people.ada) {
    const browser = new Browser()
    await logIn(browser, stage().app, { user })
    await stage().forget()
    return { browser, ...(await cookiesOf(browser, at('/'))) }
  }

  it('SEC-138 SEC-169 after the absolute limit, whatever the browser kept', async () => {
    const { header: cookie, all } = await signedIn()
    await stage().advance(7 * 86_400)
    await expectOver(cookie, 'cookie_unusable', [...all.keys()])
  })

  it('SEC-138 SEC-170 after a day without a request', async () => {
    const { header: cookie } = await signedIn()
    await stage().advance(86_400)
    await expectOver(cookie, 'idle', [])
  })

  it.each(['sessionAbsolute', 'sessionIdle'] as const)(
    'SEC-171 the provider ends sessions earlier than we would (%s), and says so only when it is asked',
    async (limit) => {
      await stage().emulator.control.settings({ [limit]: 600 })
      await stage().emulator.control.updateClient(stage().emulator.clientId, {
        backchannelLogoutUri: 'http://127.0.0.1:9/',
      })
      const { browser } = await signedIn()
      await stage().advance(400)
      expect((await browser.fetch(at('/private'))).status).toBe(200)
      await stage().advance(limit === 'sessionIdle' ? 601 : 300)
      expect401(await browser.fetch(at('/private')))
      expect((await browser.fetch(at('/'))).text).toBe('stranger')
      // Asked once while it lived and once when it was over.
      expect(await stage().tokenCalls('refresh_token')).toBe(2)
    },
  )

  it('SEC-140 a stolen copy after log-out', async () => {
    const { browser, header: cookie } = await signedIn()
    await logOut(browser, stage().app)
    await expectOver(cookie, 'revoked', [])
  })

  async function expectOver(cookie: string, reason: string, cleared: readonly string[]): Promise<void> {
    await stage().forget()
    await expectAnon(stage(), { cookie, cleared })
    expect(stage().app.events[0]).toMatchObject({ type: 'session_refused', reason })
    expect401(await new Browser().fetch(at('/private'), { headers: { cookie } }))
    expect(await stage().tokenCalls()).toBe(0)
  }

  it('SEC-133 SEC-134 rotation of the secret, to its end', async () => {
    const newer = 'W8n4kJ2qZ6xT9vB3mR7yL1cH5dF0gS-a'
    const rotated = await stage().open({ options: { cookieSecret: [newer, testSecret] } })
    const retired = await stage().open({ options: { cookieSecret: newer } })
    const { header: cookie } = await signedIn()
    const page = await new Browser().fetch(`${rotated.origin}/`, { headers: { cookie } })
    expect(page.text).toBe(`hello ${people.ada}`)
    expect(sessionCookies(page)).toHaveLength(2)
    const resealed = page.headers
      .getSetCookie()
      .map((line) => line.slice(0, line.indexOf(';')))
      .join('; ')
    const ask = (from: string) => async (sent: string) =>
      (await new Browser().fetch(`${from}/`, { headers: { cookie: sent } })).text
    expect(await ask(retired.origin)(resealed)).toBe(`hello ${people.ada}`)
    expect(await ask(retired.origin)(cookie)).toBe('stranger')
    expect(await ask(stage().app.origin)(resealed)).toBe('stranger')
  })

  it('SEC-137 the cookie of one app at another one with the same secret', async () => {
    const { header: cookie } = await signedIn()
    for (const options of [{ clientId: 'skc_101000000000000002' }, { session: { cookieName: 'other' } }]) {
      const elsewhere = await stage().open({ options })
      const renamed = cookie.replaceAll('scalegate', options.session?.cookieName ?? 'scalegate')
      const page = await new Browser().fetch(`${elsewhere.origin}/`, { headers: { cookie: renamed } })
      expect([page.status, page.text]).toEqual([200, 'stranger'])
    }
  })

  it('SEC-144 a session that shrinks leaves no parts behind', async () => {
    const { browser, all } = await signedIn(people.bea)
    expect([...all.keys()]).toEqual(['scalegate.0', 'scalegate.1'])
    const spoilt = { claims: { note: null, permissions: null, roles: null } }
    const small = { claims: { name: null, given_name: null, family_name: null, email: null, at_hash: null, amr: null } }
    await stage().emulator.control.nextTokenResponse({ idToken: small, accessToken: spoilt })
    await logIn(browser, stage().app, { query: 'prompt=login' })
    const after = await cookiesOf(browser, at('/'))
    expect([...after.all.keys()]).toEqual(['scalegate'])
    expect((await browser.fetch(at('/'))).text).toBe(`hello ${people.ada}`)
  })

  it('SEC-145 a session too large for cookies is an error of its own, and no half of it is sent', async () => {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().forget()
    await stage().emulator.control.nextTokenResponse({ accessToken: { claims: { note: claims.tooLong } } })
    const page = await browser.navigate(callback.href)
    await expectBad(stage(), page, 'session_too_large', { status: 500, tokenCalls: 1, finished: true })
    expect(stage().app.events).toContainEqual(expect.objectContaining({ type: 'cookie_budget_exceeded' }))
    expect((await browser.fetch(at('/'))).text).toBe('stranger')
  })

  it('SEC-145 a session that fits is kept, however many cookies others have planted', async () => {
    const { header: cookie } = await signedIn()
    const planted = Array.from({ length: 3 }, (_, index) => `planted${index}=${'x'.repeat(2500)}`).join('; ')
    await stage().advance(300)
    const page = await new Browser().fetch(at('/private'), { headers: { cookie: `${planted}; ${cookie}` } })
    expect(page.status).toBe(200)
    expect(sessionCookies(page)).not.toEqual([])
  })

  it('SEC-167 a cookie is written only when something changed', async () => {
    const { browser } = await signedIn()
    for (let request = 0; request < 3; request++)
      expect((await browser.fetch(at('/private'))).headers.getSetCookie()).toEqual([])
  })
})

describe('session cookie on https', () => {
  const base = 'https://app.example'
  const stage = useStage({
    options: { baseUrl: base, session: { cookieName: 'scalegate' } },
    emulator: { settings: { anyLoopbackRedirectUri: false } },
  })
  const https = () => new Browser(new Map([[base, stage().app.origin]]))

  async function signedIn() {
    await stage().emulator.control.updateClient(stage().emulator.clientId, {
      redirectUris: [`${base}/auth/callback`],
      postLogoutRedirectUris: [`${base}/`],
    })
    const browser = https()
    const { callback } = await arrive(browser, { origin: base })
    const page = await browser.navigate(callback.href)
    expect(page.next).toBe(`${base}/`)
    return { browser, page }
  }

  it('SEC-150 SEC-153 every cookie is __Host- and Secure', async () => {
    const { browser, page } = await signedIn()
    const started = await https().navigate(`${base}/auth/login`)
    for (const line of [...page.headers.getSetCookie(), ...started.headers.getSetCookie()]) {
      // A cookie that is taken away names an instant too.
      const form = line.replace(/(=; Max-Age=0; Path=\/); Expires=Thu, 01 Jan 1970 00:00:00 GMT(?=;)/, '$1')
      expect(form).toMatch(/^__Host-scalegate[^=]*=[^;]*; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    }
    expect((await browser.fetch(`${base}/private`)).status).toBe(200)
  })

  it('SEC-339 a proxy that says http changes nothing', async () => {
    const page = await https().navigate(`${base}/auth/login`, {
      headers: { 'x-forwarded-proto': 'http', forwarded: 'proto=http' },
    })
    expect(page.headers.getSetCookie().every((line) => line.includes('; Secure;'))).toBe(true)
    expect(new URL(page.next ?? '').searchParams.get('redirect_uri')).toBe(`${base}/auth/callback`)
  })

  it.each<[string, (cookies: string) => string]>([
    ['no prefix', (cookies) => cookies.replaceAll('__Host-', '')],
    ['prefix in another case', (cookies) => cookies.replaceAll('__Host-', '__host-')],
    ['no-break space in front', (cookies) => cookies.replaceAll('__Host-', '\u00a0__Host-')],
    ['en quad in front, as UTF-8', (cookies) => cookies.replaceAll('__Host-', '\u00e2\u0080\u0080__Host-')],
    ['quotes', (cookies) => cookies.replaceAll(/(__Host-[^=]+)=/g, '"$1"=')],
  ])('SEC-147 a cookie that another host could plant: %s', async (_label, change) => {
    const { browser } = await signedIn()
    const { header: cookie } = await cookiesOf(browser, `${base}/`)
    const ask = (sent: string) => raw(stage().app.origin, { target: '/', headers: [`Cookie: ${sent}`] })
    expect((await ask(cookie)).text).toBe(`hello ${people.ada}`)
    expect((await ask(change(cookie))).text).toBe('stranger')
  })

  it('SEC-208 nothing is left after log-out', async () => {
    const { browser } = await signedIn()
    await browser.navigate(`${base}/auth/login?prompt=login`)
    expect((await browser.cookies(`${base}/`)).size).toBeGreaterThan(2)
    const page = await browser.navigate(`${base}/auth/logout`, { form: {}, from: `${base}/` })
    expect(page.status).toBe(200)
    expect([...(await browser.cookies(`${base}/`)).keys()]).toEqual([])
  })
})

describe('configuration of cookies', () => {
  const complete = {
    issuer: 'https://acme.scalekit.dev',
    clientId: 'skc_1',
    clientSecret: 'test_abcdefghijklmnopqrstuvwxyz',
    baseUrl: 'https://app.example',
    cookieSecret: testSecret,
  }
  const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
    ['SEC-135 a short secret', { cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0' }],
    ['SEC-135 one character', { cookieSecret: 'a'.repeat(64) }],
    ['SEC-135 a sample', { cookieSecret: 'complex_password_at_least_32_characters_long' }],
    [
      'SEC-135 the client secret once more',
      { cookieSecret: complete.clientSecret, clientSecret: complete.clientSecret },
    ],
    ['SEC-135 one bad secret among good ones', { cookieSecret: [testSecret, 'short'] }],
    ['SEC-150 a prefix of its own', { session: { cookieName: '__Host-mine' } }],
    ['SEC-151 SameSite strict', { session: { sameSite: 'strict' } }],
    ['SEC-151 SameSite none without https', { session: { sameSite: 'none' }, baseUrl: 'http://localhost:3000' }],
    ['SEC-152 a name with a semicolon', { session: { cookieName: 'a;b' } }],
    ['SEC-152 a name with a line break', { session: { cookieName: 'a\r\nb' } }],
    ['SEC-152 a name with an equals sign', { session: { cookieName: 'a=b' } }],
    ['SEC-152 a domain with a semicolon', { session: { domain: 'app.example; Path=/' } }],
    ['SEC-152 a domain of somebody else', { session: { domain: 'evil.example' } }],
    ['SEC-153 http outside of this machine', { baseUrl: 'http://app.example' }],
  ]
  it.each(wrong)('%s', (_label, options) => {
    const create = () => {
      const auth = scalegate({ ...complete, ...options }) as unknown as { emit: () => void }
      auth.emit()
    }
    expect(create).toThrowError(expect.objectContaining({ code: 'configuration_invalid' }))
    try {
      create()
    } catch (error) {
      for (const secret of [complete.clientSecret, testSecret, 'aaaaaaaa']) expect(String(error)).not.toContain(secret)
    }
  })
})
