import { Browser, type Page } from '@scalegate/testing/audits'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { frameworks, type RunningApp, startApp } from '../support/app.js'
import { listen } from '../support/listen.js'
import { audience, type PlainProvider, startPlainProvider } from './provider.js'

/**
 * The kit against a certified provider as it comes. The emulator dresses its tokens itself, so one misreading could
 * make kit and emulator wrong together; nothing of the emulator is used here.
 */
describe.each(frameworks)('%s against plain oidc-provider', (framework) => {
  let app: RunningApp
  let op: PlainProvider
  let offset = 0

  beforeAll(async () => {
    const socket = await listen()
    op = await startPlainProvider(socket)
    app = await startApp({
      framework,
      on: socket,
      options: {
        issuer: op.issuer,
        clientId: op.client.id,
        clientSecret: op.client.secret,
        endpoints: 'discovery',
        audience,
        session: { refreshBefore: 300 },
        clock: () => Math.floor(Date.now() / 1000) + offset,
      },
    })
  })
  afterAll(async () => {
    await app.close()
    await op.close()
  })
  const after = (seconds: number) => {
    offset += seconds
  }

  /** Types the name and the password into the provider's own development pages and consents. */
  async function logIn(browser: Browser, name: string): Promise<Page> {
    let page = (await browser.follow(`${app.origin}/auth/login?prompt=consent&return_to=/private`)).at(-1)!
    for (let step = 0; step < 4 && page.url.includes('/interaction/'); step++) {
      const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1] ?? ''
      const form = prompt === 'login' ? { prompt, login: name, password: 'anything' } : { prompt }
      const action = /action="([^"]+)"/.exec(page.text)?.[1] ?? page.url
      page = (await browser.follow(new URL(action, page.url).href, { form, from: page.url })).at(-1)!
    }
    return page
  }
  const tokenCalls = () => op.requests.filter((request) => request === 'POST /token').length

  it('logs in, with discovery, PKCE, nonce and iss', async () => {
    const browser = new Browser()
    const page = await logIn(browser, 'ada')
    expect(page.url).toBe(`${app.origin}/private`)
    expect(JSON.parse(page.text)).toMatchObject({ user: { id: 'ada' }, stale: false })
    const token = await browser.fetch(`${app.origin}/token`)
    expect(decodeJwt(token.text)).toMatchObject({ sub: 'ada', aud: audience, iss: op.issuer })
  })

  it('logs out at the provider by the browser, and the provider tells the app by back-channel', async () => {
    const browser = new Browser()
    await logIn(browser, 'cem')
    const copy = browser.copy()
    const trail = await browser.follow(`${app.origin}/auth/logout`, { form: {}, from: `${app.origin}/` })
    const confirm = trail.at(-1)!
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
    const action = /action="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
    const end = await browser.follow(new URL(action, confirm.url).href, {
      form: { xsrf, logout: 'yes' },
      from: confirm.url,
    })
    expect(end.at(-1)!.url).toBe(`${app.origin}/`)
    expect(end.at(-1)!.text).toBe('stranger')
    expect((await copy.fetch(`${app.origin}/private`)).status).toBe(401)
  })

  it('ends the session of another browser by back-channel logout', async () => {
    const browser = new Browser()
    const elsewhere = new Browser()
    await logIn(browser, 'dan')
    await logIn(elsewhere, 'dan')
    // The provider's own log-out page, opened by hand: the app hears of it on the back channel only.
    const confirm = (await browser.follow(`${op.issuer}/session/end`)).at(-1)!
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
    const action = /action="([^"]+)"/.exec(confirm.text)?.[1] ?? ''
    await browser.follow(new URL(action, confirm.url).href, { form: { xsrf, logout: 'yes' }, from: confirm.url })
    expect(app.events.findLast(({ type }) => type.startsWith('backchannel'))).toMatchObject({
      type: 'backchannel_logout',
      scope: 'sid',
      replayed: false,
    })
    expect((await browser.fetch(`${app.origin}/private`)).status).toBe(401)
    expect((await elsewhere.fetch(`${app.origin}/private`)).status).toBe(200)
  })

  // Last: it moves the app's clock ahead, and logout tokens of the provider would be too old.
  it('refreshes with rotation, once for many requests, and the rotated token is refused on reuse', async () => {
    const browser = new Browser()
    await logIn(browser, 'bea')
    const before = browser.copy()
    after(20)
    const calls = tokenCalls()
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.fetch(`${app.origin}/private`)))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(tokenCalls() - calls).toBe(1)

    // After the time in which late requests find the successor, the old cookie is a reuse and the engine says no.
    after(400)
    expect((await before.fetch(`${app.origin}/private`)).status).toBe(401)
    expect(app.events.findLast(({ type }) => type === 'session_ended')).toMatchObject({ reason: expect.any(String) })
  })
})
