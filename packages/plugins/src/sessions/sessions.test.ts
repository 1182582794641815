import { createManagementClient, type ManagementClient } from '@scalegate/core/management'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, organizations, startBench } from '../test/bench.js'
import { Visitor } from '../test/visitor.js'
import { sessions } from './sessions.js'

let bench: Bench<readonly [ReturnType<typeof sessions>]>
let scalekit: ManagementClient
beforeAll(async () => {
  bench = await startBench([sessions()])
  const { environmentUrl, clientId, clientSecret } = bench.emulator
  scalekit = createManagementClient({ environmentUrl, clientId, clientSecret })
})
afterAll(() => bench.stop())
/** No sessions, and no other way than this plugin for the app to hear of their end. */
beforeEach(async () => {
  const { control, clientId } = bench.emulator
  await control.reset()
  await control.webhooks.register(null)
  await control.updateClient(clientId, { backchannelLogoutUri: `${bench.origin}/none` })
})

const list = async (who: Visitor) => (await bench.call(who, '/auth/sessions')).body.sessions
const sidOf = async (who: Visitor) => (await bench.call(who, '/auth/session')).body.session?.sid
const revoke = (who: Visitor, id: string) => bench.call(who, '/auth/sessions/revoke', { json: { session_id: id } })
const statusAtScalekit = async (sid: string) => (await scalekit.sessions.get(sid)).status
const isSignedIn = async (who: Visitor) => (await sidOf(who)) !== undefined

/** Sessions that are gone from Scalekit when they are to be ended, of which the app hears nothing. */
async function meanwhile(then: (own: typeof bench, ends: (sid: string) => void) => Promise<void>) {
  let ending = ''
  const own = await startBench([sessions()], {
    options: {
      fetch: async (url, init) =>
        ending !== '' && url.endsWith(`/${ending}/revoke`)
          ? Response.json({ code: 5 }, { status: 404 })
          : fetch(url, init),
    },
  })
  try {
    await then(own, (sid) => {
      ending = sid
    })
  } finally {
    await own.stop()
  }
}

describe('GET sessions', () => {
  it('shows the caller’s own active ones, the current one first, and no token', async () => {
    const [first, second, other] = [
      await bench.signedIn('max'),
      await bench.signedIn('max'),
      await bench.signedIn('ada'),
    ]
    const gone = await bench.signedIn('max')
    await scalekit.sessions.revoke(await sidOf(gone))
    const answer = await bench.call(first, '/auth/sessions')
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    const listed = answer.body.sessions
    expect(listed.map(({ id, isCurrent }: { id: string; isCurrent: boolean }) => [id, isCurrent])).toEqual([
      [await sidOf(first), true],
      [await sidOf(second), false],
    ])
    expect(listed[0]).toMatchObject({ lastActiveAt: expect.any(String), expiresAt: expect.any(String), device: {} })
    expect(JSON.stringify(listed)).not.toContain(await sidOf(other))
    expect(JSON.stringify(listed)).not.toMatch(/token|eyJ/i)
  })

  it('is for people who are signed in', async () => {
    for (const path of ['/auth/sessions', '/auth/sessions/revoke', '/auth/sessions/revoke-others']) {
      const sending = path === '/auth/sessions' ? {} : { json: {} }
      expect((await bench.call(new Visitor(), path, sending)).status).toBe(401)
    }
  })
})

describe('POST sessions/revoke', () => {
  it('ends a session of the caller there and here at once, and no other', async () => {
    const [here, lost] = [await bench.signedIn('max'), await bench.signedIn('max')]
    const sid = await sidOf(lost)
    const answer = await revoke(here, sid)
    expect([answer.status, answer.body]).toEqual([200, { revoked: 1 }])
    expect(await statusAtScalekit(sid)).toBe('revoked')
    const asked = (await bench.emulator.control.requests()).length
    expect([await isSignedIn(lost), await isSignedIn(here)]).toEqual([false, true])
    // Ended here: nobody was asked.
    expect(await bench.emulator.control.requests()).toHaveLength(asked)
    expect(await list(here)).toHaveLength(1)
    expect(bench.reports().at(-1)).toEqual({ event: 'session_revoked', details: { current: false } })
    const ended = bench.events.filter(({ type }) => type === 'sessions_ended')
    expect(ended.at(-1)).toMatchObject({ by: 'plugin', scope: 'sid' })
  })

  it('answers alike for another person’s, for none and for what is no id, and ends nothing', async () => {
    const [mallory, victim] = [await bench.signedIn('max'), await bench.signedIn('ada')]
    const sid = await sidOf(victim)
    await bench.upstream()
    for (const id of [sid, 'ses_199999999999999999', '../users', '', 'a'.repeat(65)]) {
      const { status, body } = await revoke(mallory, id)
      expect([status, body.code, body.title], id).toEqual([
        404,
        'session_not_found',
        'There is no such session of yours.',
      ])
    }
    expect((await bench.upstream()).filter((call) => !call.startsWith('GET'))).toEqual([])
    expect([await statusAtScalekit(sid), await isSignedIn(victim)]).toEqual(['active', true])
  })

  it('ends the current one too, which is a logout', async () => {
    const max = await bench.signedIn('max')
    expect((await revoke(max, await sidOf(max))).status).toBe(200)
    expect(await isSignedIn(max)).toBe(false)
  })

  it('ends here what ended there and nobody told', async () => {
    const [here, lost] = [await bench.signedIn('max'), await bench.signedIn('max')]
    const sid = await sidOf(lost)
    await scalekit.sessions.revoke(sid)
    expect(await isSignedIn(lost)).toBe(true)
    expect((await revoke(here, sid)).status).toBe(200)
    expect(await isSignedIn(lost)).toBe(false)
  })

  it('counts one that ends meanwhile as ended, and ends it here', async () => {
    await meanwhile(async (own, ends) => {
      const [here, lost] = [await own.signedIn('max'), await own.signedIn('max')]
      const sid = (await own.call(lost, '/auth/session')).body.session.sid
      ends(sid)
      const answer = await own.call(here, '/auth/sessions/revoke', { json: { session_id: sid } })
      expect([answer.status, answer.body]).toEqual([200, { revoked: 1 }])
      expect((await own.call(lost, '/auth/session')).body.session).toBe(null)
    })
  })

  it('refuses a cross-site POST', async () => {
    const [here, other] = [await bench.signedIn('max'), await bench.signedIn('max')]
    const form = { session_id: await sidOf(other) }
    for (const what of ['revoke', 'revoke-others']) {
      const answer = await bench.call(here, `/auth/sessions/${what}`, { form, site: 'cross-site' })
      expect([answer.status, answer.body.code]).toEqual([403, 'origin_not_allowed'])
    }
    expect(await isSignedIn(other)).toBe(true)
  })
})

describe('POST sessions/revoke-others', () => {
  it('ends all but the current one, and leads the person back', async () => {
    const here = await bench.signedIn('max')
    const others = [await bench.signedIn('max'), await bench.signedIn('max'), await bench.signedIn('max')]
    const ada = await bench.signedIn('ada')
    const form = { return_to: '/settings' }
    const answer = await bench.call(here, '/auth/sessions/revoke-others', { form, as: 'navigation' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${bench.origin}/settings`])
    expect(await Promise.all(others.map(isSignedIn))).toEqual([false, false, false])
    expect([await isSignedIn(here), await isSignedIn(ada)]).toEqual([true, true])
    expect(bench.reports().at(-1)).toEqual({ event: 'other_sessions_revoked', details: { revoked: 3, failed: 0 } })
    expect((await bench.call(here, '/auth/sessions/revoke-others', { json: {} })).body).toEqual({ revoked: 0 })
  })

  it('ends the others where one cannot be ended, and says so', async () => {
    let failing = ''
    const own = await startBench([sessions()], {
      options: {
        fetch: async (url, init) =>
          failing !== '' && url.includes(`/${failing}/revoke`) ? new Response('{}', { status: 400 }) : fetch(url, init),
      },
    })
    try {
      const here = await own.signedIn('max')
      const others = [await own.signedIn('max'), await own.signedIn('max'), await own.signedIn('max')]
      const sids = await Promise.all(others.map(async (one) => (await own.call(one, '/auth/session')).body.session.sid))
      failing = sids[1]
      const answer = await own.call(here, '/auth/sessions/revoke-others', { json: {} })
      expect([answer.status, answer.body.code]).toEqual([400, 'management_rejected'])
      const { sessions: left } = (await own.call(here, '/auth/sessions')).body
      expect(left.map(({ id }: { id: string }) => id).slice(1)).toEqual([failing])
    } finally {
      await own.stop()
    }
  })

  it('counts those that end meanwhile as ended, and ends them here', async () => {
    await meanwhile(async (own, ends) => {
      const here = await own.signedIn('max')
      const others = [await own.signedIn('max'), await own.signedIn('max')]
      const sids = await Promise.all(others.map(async (one) => (await own.call(one, '/auth/session')).body.session.sid))
      ends(sids[0])
      const answer = await own.call(here, '/auth/sessions/revoke-others', { json: {} })
      expect([answer.status, answer.body]).toEqual([200, { revoked: 2 }])
      const sessions = others.map(async (one) => (await own.call(one, '/auth/session')).body.session)
      expect(await Promise.all(sessions)).toEqual([null, null])
    })
  })

  it.each([
    ['until none is left', 1234, 0, [1234, 3]],
    ['once where it cannot be ended', 1234, 700, [534, 3]],
    ['ten thousand times and no more', 12_000, 0, [10_000, 20]],
  ])('ends more than one list has, %s', async (_what, count, failing, expected) => {
    // More than anybody logs in here: Scalekit's side of them is played.
    const open = new Set(Array.from({ length: count }, (_, index) => `ses_${index}`))
    let [lists, revoked] = [0, 0]
    const own = await startBench([sessions()], {
      options: {
        async fetch(address, init) {
          const { pathname, searchParams } = new URL(address)
          const [, sid] = /\/sessions\/(ses_\d+)\/revoke$/.exec(pathname) ?? []
          if (sid !== undefined && Number(sid.slice(4)) < failing) return new Response('{}', { status: 400 })
          if (sid !== undefined) {
            open.delete(sid)
            revoked += 1
            return Response.json({ revoked_session: { session_id: sid } })
          }
          if (!/\/users\/\w+\/sessions$/.test(pathname)) return fetch(address, init)
          const from = Number(searchParams.get('page_token') ?? 0)
          if (from === 0) lists += 1
          const page = [...open].slice(from, from + 100).map((id) => ({ session_id: id, status: 'active' }))
          return Response.json({ sessions: page, ...(page.length === 100 ? { next_page_token: `${from + 100}` } : {}) })
        },
      },
    })
    try {
      const here = await own.signedIn('max')
      const answer = await own.call(here, '/auth/sessions/revoke-others', { json: {} })
      expect([answer.status, answer.body.code]).toEqual(failing === 0 ? [200, undefined] : [400, 'management_rejected'])
      if (failing === 0) expect(answer.body).toEqual({ revoked })
      expect([revoked, lists]).toEqual(expected)
    } finally {
      await own.stop()
    }
  })

  it('tells nothing apart without the id of the current one', async () => {
    const session = { user: { id: 'usr_104000000000000002', emailVerified: true } } as never
    await bench.upstream()
    await expect(bench.auth.sessions.revokeOthers(session)).rejects.toMatchObject({ code: 'current_session_unknown' })
    expect(await bench.upstream()).toEqual([])
  })
})

describe('recentLogin', () => {
  it('has old logins prove who they are before anything ends', async () => {
    let ahead = 0
    const clock = () => Math.floor(Date.now() / 1000) + ahead
    const own = await startBench([sessions({ recentLogin: 60 })], { options: { clock } })
    try {
      const here = await own.signedIn('max')
      const others = [await own.signedIn('max'), await own.signedIn('max')]
      const session = async (who: Visitor) => (await own.call(who, '/auth/session')).body.session
      const [first, second] = await Promise.all(others.map(async (one) => (await session(one)).sid))
      const end = (id: string) => own.call(here, '/auth/sessions/revoke', { json: { session_id: id } })
      expect((await end(first)).status).toBe(200)
      ahead = 120
      expect((await own.call(here, '/auth/sessions')).status).toBe(200)
      await own.upstream()
      const refused = [await end(second), await own.call(here, '/auth/sessions/revoke-others', { json: {} })]
      expect(refused.map(({ status }) => status)).toEqual([401, 401])
      const old = await session(here)
      const recentLoginNeeded = { code: 'recent_login_needed', status: 403 }
      await expect(own.auth.sessions.revoke(old, second)).rejects.toMatchObject(recentLoginNeeded)
      await expect(own.auth.sessions.revokeOthers(old)).rejects.toMatchObject(recentLoginNeeded)
      expect(await own.upstream()).toEqual([])
    } finally {
      await own.stop()
    }
  })

  it.each([0, 29, Number.NaN, Number.POSITIVE_INFINITY, '60'])('refuses %s seconds', (recentLogin) => {
    expect(() => sessions({ recentLogin } as never)).toThrow(RangeError)
  })
})

describe('a person of several organizations', () => {
  it('sees the sessions of all of them: they are theirs', async () => {
    const { acme, globex } = organizations
    const [here, there] = [await bench.signedIn('bea', globex), await bench.signedIn('bea', acme)]
    expect(await list(here)).toHaveLength(2)
    expect((await revoke(here, await sidOf(there))).status).toBe(200)
    expect(await isSignedIn(there)).toBe(false)
  })
})
