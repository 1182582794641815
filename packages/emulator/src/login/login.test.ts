import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { authorize, callbackOf, claims, exchange, logIn, loginPath, type Params, session } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

async function start(params: Params = {}) {
  const browser = new Browser(emulator.url)
  return { browser, path: await loginPath(emulator, browser, params) }
}

const vouched = { email: 'sam@example.com', given_name: 'Sam', family_name: 'Single', outcome: 'success' }

describe('login page', () => {
  it('lists the people and allows the way back to the app', async () => {
    const { browser, path } = await start({ login_hint: 'max@acme.test' })
    const response = await browser.get(path)
    const html = await response.text()
    expect(html).toContain('Ada Admin')
    expect(html).toContain('max@acme.test')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toContain('form-action *')
  })

  it('logs in by typed e-mail, refuses a stranger, and sends SSO domains to the simulator', async () => {
    const { browser, path } = await start()
    const stranger = await browser.post(path, { email: 'nobody@nowhere.test' })
    expect([stranger.status, await stranger.text()]).toEqual([400, expect.stringContaining('Nobody here')])
    const sso = await browser.follow(await browser.post(path, { email: 'sam@example.com' }))
    expect(await sso.text()).toContain(connections.acme)
    const known = await browser.follow(await browser.post(path, { email: ' ADA@acme.test ' }))
    expect(callbackOf(known).searchParams.has('code')).toBe(true)
  })

  it('sends access_denied when the person cancels', async () => {
    const { browser, path } = await start()
    const callback = callbackOf(await browser.follow(await browser.post(`${path}/cancel`)))
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({ error: 'access_denied', state: 'the-state' })
  })

  it('is over after the login, and unknown to another browser', async () => {
    const { browser, path } = await start()
    expect((await new Browser(emulator.url).get(path)).status).toBe(400)
    await browser.follow(await browser.post(path, { user: people.ada }))
    const over = await browser.get(path)
    expect([over.status, await over.text()]).toEqual([400, expect.stringContaining('http://localhost:3000/auth/login')])
  })

  it('is not another one because somebody moves its cookies', async () => {
    const first = await start()
    const second = await start()
    const name = `scalekit_emulator_${new URL(emulator.url).port}_interaction`
    const cookie = `${name}=${second.browser.cookie(name)}; ${name}.sig=${second.browser.cookie(`${name}.sig`)}`
    const statusAt = async (path: string) => (await fetch(emulator.url + path, { headers: { cookie } })).status
    expect([await statusAt(second.path), await statusAt(first.path)]).toEqual([200, 400])
  })

  it('SEC-374 escapes what came with the request', async () => {
    const { browser, path } = await start({ login_hint: '"><script>alert(1)</script>' })
    expect(await (await browser.get(path)).text()).not.toContain('<script>alert')
  })

  it('refuses somebody without an organization', async () => {
    await emulator.control.removeMember(organizations.acme, people.ada)
    const { callback } = await logIn(emulator, { user: people.ada })
    expect(callback.searchParams.get('error')).toBe('access_denied')
  })
})

describe('organization picker', () => {
  it('comes for somebody with several organizations and is obeyed', async () => {
    const { browser, path } = await start()
    const picker = await browser.follow(await browser.post(path, { user: people.bea }))
    expect(await picker.text()).toMatch(/Globex[\s\S]*Acme/)
    const entered = await browser.follow(
      await browser.post(`${path}/organization`, { organization: organizations.acme }),
    )
    const tokens = await exchange(emulator, callbackOf(entered))
    expect(claims(tokens.access_token)).toMatchObject({ oid: organizations.acme, roles: ['member'] })
  })

  it('does not come when an organization was asked for', async () => {
    const params = { organization_id: organizations.globex }
    const { access } = await session(emulator, { user: people.bea, params })
    expect(access).toMatchObject({ oid: organizations.globex, roles: ['admin'] })
  })

  it('comes for prompt=select_account with a live session, without a new login', async () => {
    const first = await session(emulator, { user: people.bea, organization: organizations.globex })
    const page = await authorize(emulator, first.browser, { prompt: 'select_account' })
    expect(await page.text()).toContain('Acme')
    const params = { prompt: 'select_account' }
    const path = await loginPath(emulator, first.browser, params)
    const entered = await first.browser.follow(
      await first.browser.post(`${path}/organization`, { organization: organizations.acme }),
    )
    const tokens = await exchange(emulator, callbackOf(entered))
    expect(claims(tokens.id_token)).toMatchObject({ oid: organizations.acme, sid: first.id.sid })
  })

  it('does not skip the login that prompt=login asked for', async () => {
    const first = await session(emulator, { user: people.ada })
    const path = await loginPath(emulator, first.browser, { prompt: 'login' })
    const response = await first.browser.post(`${path}/organization`, { organization: organizations.acme })
    expect(response.status).toBe(400)
  })

  it('refuses an organization that one is not a member of', async () => {
    const { browser, path } = await start()
    await browser.post(path, { user: people.bea })
    await emulator.control.removeMember(organizations.acme, people.bea)
    const response = await browser.follow(
      await browser.post(`${path}/organization`, { organization: organizations.acme }),
    )
    expect(callbackOf(response).searchParams.get('error')).toBe('access_denied')
  })
})

describe('SSO simulator', () => {
  it('adds whoever it vouches for to the organization that owns the domain', async () => {
    const { browser, path } = await start({ login_hint: 'sam@example.com' })
    const answer = await browser.follow(await browser.post(`${path}/sso`, vouched))
    const tokens = await exchange(emulator, callbackOf(answer))
    expect(claims(tokens.id_token)).toMatchObject({
      email: 'sam@example.com',
      name: 'Sam Single',
      oid: organizations.acme,
      amr: [connections.acme],
    })
    expect(claims(tokens.access_token).roles).toEqual(['member'])
  })

  it('sends each outcome to the callback as an error', async () => {
    const { outcomes } = await import('./pages.js')
    for (const outcome of outcomes) {
      const { browser, path } = await start({ domain: 'example.com' })
      const answer = callbackOf(await browser.follow(await browser.post(`${path}/sso`, { ...vouched, outcome })))
      expect(Object.fromEntries(answer.searchParams)).toMatchObject({ error: outcome, state: 'the-state' })
    }
  })

  it('does not vouch for other domains', async () => {
    const { browser, path } = await start({ connection_id: connections.acme })
    const answer = await browser.follow(await browser.post(`${path}/sso`, { ...vouched, email: 'ada@acme.test' }))
    expect(callbackOf(answer).searchParams.get('error')).toBe('invalid_user_domain')
  })
})

describe('sign-up', () => {
  const fields = { email: 'new@hooli.test', given_name: 'Nia', family_name: 'New', organization_name: 'Hooli' }

  it('makes an account and an organization, with the creator role', async () => {
    const { browser, path } = await start({ prompt: 'create' })
    expect(await (await browser.get(path)).text()).toContain('organization_name')
    const answer = await browser.follow(await browser.post(`${path}/sign-up`, fields))
    const tokens = await exchange(emulator, callbackOf(answer))
    expect(claims(tokens.id_token)).toMatchObject({ email: 'new@hooli.test', name: 'Nia New' })
    expect(claims(tokens.access_token).roles).toEqual(['admin'])
    const created = (await emulator.control.state()).organizations.at(-1)
    expect(created).toMatchObject({ id: claims(tokens.access_token).oid, name: 'Hooli' })
  })

  it.each([
    ['an account that exists', { ...fields, email: 'ada@acme.test' }, 'has an account'],
    ['an empty field', { ...fields, organization_name: ' ' }, 'Fill in'],
    ['no e-mail address', { ...fields, email: 'x' }, 'e-mail address'],
  ])('refuses %s', async (_label, input, message) => {
    const { browser, path } = await start({ prompt: 'create' })
    const response = await browser.post(`${path}/sign-up`, input)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(message)])
  })
})
