import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { claims, refresh, session } from '../test/login.js'
import { type Call, management, violation } from '../test/management.js'
import { Receiver } from '../test/receiver.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

let emulator: Emulator
let hooks: WebhookReceiver
let apps: Receiver
let call: Call

beforeAll(async () => {
  hooks = await WebhookReceiver.start()
  apps = await Receiver.start()
  emulator = await startBuilt({ clients: { backchannelLogoutUri: apps.url }, webhooks: { url: hooks.url } })
  call = await management(emulator)
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop(), apps.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  hooks.reset()
  apps.reset()
})

const path = `users/${people.max}/sessions`
const login = () => session(emulator, { user: people.max })

describe('sessions of a user', () => {
  it('are listed in pages', async () => {
    const own = [await login(), await login(), await login()]
    await session(emulator, { user: people.ada })
    const first = (await call('GET', `${path}?page_size=2`)).json
    expect(first).toMatchObject({ total_size: 3, sessions: [{ user_id: people.max }, { user_id: people.max }] })
    expect(first.sessions[0]).toMatchObject({
      authenticated_organizations: [organizations.acme],
      device: { user_agent: 'node' },
    })
    const second = (await call('GET', `${path}?page_size=2&page_token=${first.next_page_token}`)).json
    expect(second).toMatchObject({ next_page_token: '', sessions: [{ session_id: own[2]?.id.sid }] })
    expect(await call('GET', `${path}?page_size=101`)).toMatchObject(violation('page_size'))
    expect(await call('GET', 'users/usr_9/sessions')).toMatchObject({ status: 404 })
  })

  it('are filtered by status, in any case', async () => {
    const [first] = [await login(), await login()]
    await call('POST', `sessions/${first?.id.sid}/revoke`)
    const count = async (query: string) => (await call('GET', `${path}?${query}`)).json.total_size
    expect(await count('filter.status=ACTIVE')).toBe(1)
    expect(await count('filter.status=revoked')).toBe(1)
    expect(await count('filter.status=active&filter.status=Revoked')).toBe(2)
    expect(await count('filter.status=logout')).toBe(0)
    expect(await call('GET', `${path}?filter.status=asleep`)).toMatchObject(violation('filter.status'))
  })

  it('are filtered by the time they began', async () => {
    const started = Date.now()
    await login()
    const [before, after] = [started - 60_000, started + 60_000].map((at) => new Date(at).toISOString())
    const count = async (query: string) => (await call('GET', `${path}?${query}`)).json.total_size
    expect(await count(`filter.start_time=${before}&filter.end_time=${after}`)).toBe(1)
    expect(await count(`filter.start_time=${after}`)).toBe(0)
    expect(await count(`filter.end_time=${before}`)).toBe(0)
    expect(await call('GET', `${path}?filter.start_time=yesterday`)).toMatchObject(violation('filter.start_time'))
  })

  it('are revoked all at once, with notice', async () => {
    const [first, second] = [await login(), await login()]
    const other = await session(emulator, { user: people.ada })
    await call('POST', `sessions/${second?.id.sid}/revoke`)
    await emulator.control.webhooks.settled()
    hooks.reset()
    apps.reset()
    const { status, json } = await call('POST', `${path}/revoke`, {})
    expect([status, json]).toEqual([
      200,
      {
        total_revoked: 1,
        revoked_sessions: [expect.objectContaining({ session_id: first?.id.sid, status: 'revoked' })],
      },
    ])
    expect(json.revoked_sessions[0]).toMatchObject({ expired_at: expect.any(String), logout_at: null })
    expect(apps.tokens.map((token) => claims(token).sid)).toEqual([first?.id.sid])
    await emulator.control.webhooks.settled()
    expect(hooks.types).toEqual(['user.logout'])
    expect(await refresh(emulator, other.tokens)).toHaveProperty('access_token')
    expect((await call('POST', `${path}/revoke`)).json).toEqual({ total_revoked: 0, revoked_sessions: [] })
    expect(await call('POST', 'users/usr_9/sessions/revoke')).toMatchObject({ status: 404 })
  })
})

describe('one session', () => {
  it('is revoked, with notice', async () => {
    const { id, tokens } = await login()
    expect((await call('POST', `sessions/${id.sid}/revoke`)).json).toMatchObject({
      revoked_session: { session_id: id.sid, status: 'revoked', user_id: people.max },
    })
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    expect(apps.tokens).toHaveLength(1)
    expect(await call('POST', 'sessions/ses_9/revoke')).toMatchObject({ status: 404 })
  })
})
