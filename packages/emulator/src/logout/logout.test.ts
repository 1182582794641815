import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { defaultSeed } from '../seed/default.js'
import { people, startBuilt } from '../test/emulator.js'
import { authorizePath, refresh, session } from '../test/login.js'
import { Receiver } from '../test/receiver.js'

let emulator: Emulator
let receiver: Receiver

beforeAll(async () => {
  receiver = await Receiver.start()
  const [client] = defaultSeed.clients
  const other = { ...client!, id: 'skc_101000000000000002', name: 'Other App' }
  emulator = await startBuilt({
    seed: { ...defaultSeed, clients: [client!, other] },
    clients: { postLogoutRedirectUris: ['https://app.example/bye'], backchannelLogoutUri: receiver.url },
  })
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await emulator.control.reset()
  receiver.reset()
})

const logoutPath = (params: Record<string, string>) => `/oidc/logout?${new URLSearchParams(params)}`
const uri = { post_logout_redirect_uri: 'https://app.example/bye' }

async function ada() {
  const login = await session(emulator, { user: people.ada })
  return { ...login, hint: { id_token_hint: login.tokens.id_token ?? '' } }
}

const statuses = async () => (await emulator.control.state()).sessions.map(({ status }) => status)

describe('GET /oidc/logout', () => {
  it('ends the session, tells the app first, and goes back with the state', async () => {
    const { browser, hint, tokens } = await ada()
    const response = await browser.get(logoutPath({ ...hint, ...uri, state: 'bye' }))
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://app.example/bye?state=bye'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(receiver.tokens).toHaveLength(1)
    expect(await statuses()).toEqual(['logout'])
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    expect((await browser.get('/ui/')).headers.get('location')).toBe('/ui/login')
    expect((await browser.get(authorizePath(emulator))).headers.get('location')).toMatch(/^\/login\//)
  })

  it('works from another browser, by the hint alone', async () => {
    const { hint } = await ada()
    const { Browser } = await import('../test/browser.js')
    const response = await new Browser(emulator.url).get(logoutPath({ ...hint, ...uri }))
    expect(response.headers.get('location')).toBe('https://app.example/bye')
    expect(await statuses()).toEqual(['logout'])
  })

  it('ends the session of the browser and the one of the hint', async () => {
    const first = await ada()
    const second = await session(emulator, { user: people.max })
    await second.browser.get(logoutPath(first.hint))
    expect(await statuses()).toEqual(['logout', 'logout'])
    expect(receiver.tokens).toHaveLength(2)
  })

  it('takes an expired hint, and one signed with a withdrawn key', async () => {
    const { browser, hint } = await ada()
    await emulator.control.rotateKeys('none')
    await emulator.control.clock({ advance: 4000 })
    expect((await browser.get(logoutPath({ ...hint, ...uri }))).status).toBe(302)
    expect(await statuses()).toEqual(['logout'])
  })

  it('shows a notice when there is nowhere to go', async () => {
    const { browser, hint } = await ada()
    const response = await browser.follow(await browser.get(logoutPath(hint)))
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('logged out')])
  })

  it.each<[string, Record<string, string>]>([
    ['an unregistered URI', { post_logout_redirect_uri: 'https://evil.example/' }],
    ['a registered URI with a slash more', { post_logout_redirect_uri: 'https://app.example/bye/' }],
    ['a relative URI', { post_logout_redirect_uri: '/bye' }],
    ['an unknown client', { ...uri, client_id: 'skc_1' }],
    ["another client's URI", { ...uri, client_id: 'skc_101000000000000002' }],
    ['a hint that is no token', { ...uri, id_token_hint: 'x' }],
  ])('SEC-374 refuses %s and ends nothing', async (_label, params) => {
    const { browser } = await ada()
    const response = await browser.get(logoutPath(params))
    expect([response.status, response.headers.get('location')]).toEqual([400, null])
    expect(await response.text()).toContain('invalid_request')
    expect(await statuses()).toEqual(['active'])
  })

  it('refuses a hint for another client, and a hint with a broken signature', async () => {
    const { browser, hint } = await ada()
    const other = await browser.get(logoutPath({ ...hint, client_id: 'skc_101000000000000002' }))
    const [head, body, signature = ''] = hint.id_token_hint.split('.')
    const broken = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const forged = await browser.get(logoutPath({ id_token_hint: broken }))
    expect([other.status, forged.status]).toEqual([400, 400])
    expect(await statuses()).toEqual(['active'])
  })
})
