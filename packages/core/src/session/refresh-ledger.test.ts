import { describe, expect, it } from 'vitest'
import { RefreshError } from '../errors/scalegate-error.js'
import type { Store } from '../options/store.js'
import { accessClaims, encodeMembers, idClaims } from '../protocol/test/test-issuer.js'
import { memoryStore } from '../state/memory-store.js'
import { refusal } from '../test/fake-provider.js'
import { createBench } from '../test/fixture.js'
import { refreshes, several } from '../test/several-processes.js'
import { noLedger, parseLedgerEntry } from './refresh-ledger.js'

describe('an entry of the ledger', () => {
  const tokens = { accessToken: 'a' }

  it.each([
    [{ kind: 'tokens', tokens, askedAt: 1.5 }],
    [{ kind: 'failed', ended: true, reason: 'invalid_grant' }],
    [{ kind: 'failed', ended: false, reason: 'status_503', retryAfter: 3 }],
  ])('is %j', (entry) => {
    expect(parseLedgerEntry(entry)).toEqual(entry)
  })

  it.each([
    [undefined],
    [null],
    ['session'],
    [[]],
    [{}],
    [{ kind: 'other' }],
    [{ kind: 'session' }],
    [{ kind: 'tokens', tokens: {}, askedAt: 1 }],
    [{ kind: 'tokens', tokens }],
    [{ kind: 'failed', ended: 'yes', reason: 'x' }],
  ])('SEC-163 is not %j', (entry) => {
    expect(parseLedgerEntry(entry)).toBeUndefined()
  })

  it('SEC-163 is a session that can be read, and not one that another version of the kit has written', () => {
    const jwt = (claims: Readonly<Record<string, unknown>>) =>
      `${encodeMembers({ alg: 'RS256' })}.${encodeMembers(claims)}.AAAA`
    const instants = { accessTokenExpiresAt: 10, loggedInAt: 1, confirmedAt: 1, seenAt: 1, expiresAt: 100 }
    const record = { v: 1, id: 'a'.repeat(43), accessToken: jwt(accessClaims()), idToken: jwt(idClaims()), ...instants }
    const entry = (changes: object) => ({ kind: 'session', record: { ...record, ...changes } })
    expect(parseLedgerEntry(entry({}))).toEqual(entry({}))
    expect([parseLedgerEntry(entry({ v: 2 })), parseLedgerEntry(entry({ accessToken: 'a' }))]).toEqual([
      undefined,
      undefined,
    ])
  })

  it('one process needs none', async () => {
    const session = {} as never
    expect(
      await noLedger.settle(
        'k',
        async () => session,
        () => ({ error: new RefreshError('refresh_rejected', 'x'), hold: 1 }),
      ),
    ).toEqual({ session, adopted: false })
  })
})

it.each([
  ['scalekit', 3],
  ['discovery', 7],
] as const)('a lock outlives the call, and with endpoints from %s what comes before it', async (endpoints, seconds) => {
  const engine = memoryStore()
  const locks: number[] = []
  const store: Store = {
    ...engine,
    set(key, value, lifetime, condition) {
      if (key.startsWith('refresh:') && key.endsWith(':lock')) locks.push(lifetime)
      return engine.set(key, value, lifetime, condition)
    },
  }
  const bench = await createBench({ store, endpoints, timeouts: { keys: 4, refresh: 1 } })
  bench.provider.behaviour.metadata = {}
  const browser = await bench.signedIn()
  bench.now += 400
  expect(await browser.status()).toBe(200)
  expect(locks).toEqual([seconds])
})

describe.each(['cookie', 'store'] as const)('processes that refresh at once, sessions in the %s', (storage) => {
  it('SEC-178 I6 four of them with fifty requests each, slow provider: one call', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const apps = [bench.another(), bench.another(), bench.another()]
    const browsers = [browser, ...apps.map((app) => browser.copy().at(app))]
    pass(400)
    bench.provider.answers.push(async (_form, good) => {
      await new Promise((resolve) => setTimeout(resolve, 200))
      return good()
    })
    const asked = browsers.flatMap((one) => Array.from({ length: 50 }, () => one.status()))
    expect(new Set(await Promise.all(asked))).toEqual(new Set([200]))
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_refreshed')).toHaveLength(1)
  })

  it('SEC-179 SEC-185 an invalid_grant that one is told ends the session for all, after one call, and deletes no cookie', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const other = browser.copy().at(bench.another())
    pass(400)
    bench.provider.end('ses_ada_1')
    const answers = await Promise.all(
      [browser, other, browser, other].map((one) =>
        one.page(async (context, jar) => [await context.session(), jar.setCookies()]),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 4 }, () => [null, []]))
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_ended')).toHaveLength(1)
  })

  it('SEC-184 an outage that one has met is not met again by the others for as long as the provider asks', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const other = browser.copy().at(bench.another())
    pass(400)
    bench.provider.answers.push(() => new Response('', { status: 429, headers: { 'retry-after': '7' } }))
    expect([await browser.status(), await other.status()]).toEqual([503, 503])
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('refresh_failed')).toHaveLength(1)
    pass(8)
    expect([await other.status(), await browser.status()]).toEqual([200, 200])
    expect(refreshes(bench)).toBe(2)
  })

  it('SEC-193 a token that is born expired makes one call in ten seconds, whichever processes ask', async () => {
    const { bench, pass } = await several(storage)
    Object.assign(bench.provider.behaviour, { expiresIn: 0, accessLifetime: 0 })
    const browser = await bench.signedIn()
    const other = browser.at(bench.another())
    for (let i = 0; i < 31; i++) {
      pass(1)
      expect(await (i % 2 === 0 ? browser : other).status()).toBe(200)
    }
    expect(refreshes(bench)).toBe(2)
  })

  it('SEC-177 SEC-180 one after the other, with the cookies of before: nobody redeems a spent token', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const before = browser.copy()
    const other = before.at(bench.another())
    pass(280)
    expect(await browser.status()).toBe(200)
    pass(50)
    expect(await other.status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_ended')).toEqual([])
  })

  it('SEC-195 a log-out in another process while the provider is asked wins', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const elsewhere = browser.copy().at(bench.another())
    pass(400)
    bench.provider.answers.push(async (_form, good) => {
      const answer = await good()
      await elsewhere.route('/auth/logout', { form: {} })
      return answer
    })
    const cookies = await browser.page(async (context, jar) => {
      expect(await context.session()).toBeNull()
      return jar.setCookies()
    })
    expect(cookies).toEqual([])
    expect(await browser.status()).toBe(401)
  })

  it.each([
    ['one after the other', false],
    ['at once', true],
  ])(
    'SEC-179 SEC-180 I1 the answer of an older rotation that arrives last costs no session: %s',
    async (_label, atOnce) => {
      const { bench, pass } = await several(storage)
      const browser = await bench.signedIn()
      const [one, other, third] = [bench.another(), bench.another(), bench.another()]
      pass(280)
      const [renewing, late] = [browser.copy().at(one), browser.copy().at(other)]
      expect(await browser.status()).toBe(200)
      pass(1)
      const renewed = renewing.page(async (context) => (await context.authorize({ fresh: true })).refusal)
      if (!atOnce) {
        expect(await renewed).toBeUndefined()
        pass(1)
      }
      expect([await late.status(), await renewed]).toEqual([200, undefined])
      expect(refreshes(bench)).toBe(2)
      // The browser has the cookie of the first rotation, whose tokens are spent.
      pass(290)
      for (const app of [third, other]) expect(await late.copy().at(app).status()).toBe(200)
      expect(bench.eventsOf('session_ended')).toEqual([])
    },
  )

  it('SEC-180 I1 a slow answer that puts the cookie of before back costs no session', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const before = browser.copy()
    pass(280)
    expect(await browser.status()).toBe(200)
    pass(200)
    expect(await before.at(bench.another()).status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
  })

  it('SEC-185 I1 a refusal takes no tokens away that a winner tells in the same moment', async () => {
    const { bench, pass, connections } = await several(storage)
    const browser = await bench.signedIn()
    const other = browser.copy().at(bench.another())
    pass(400)
    let told = false
    bench.provider.answers.push(async (_form, good) => {
      const answer = await good()
      // Its lock ends, and another one is refused.
      pass(10)
      const connection = connections[1]
      if (connection !== undefined) {
        connection.condition = ({ method, key }) => {
          if (told || method !== 'set' || !key.startsWith('refresh:') || key.endsWith(':lock')) return 'up'
          told = true
          return 300
        }
      }
      refused = other.status()
      await expect.poll(() => told, { timeout: 3000 }).toBe(true)
      return answer
    })
    let refused: Promise<number> | undefined
    expect(await browser.status()).toBe(200)
    expect(await refused).toBe(401)
    pass(2)
    expect([await other.status(), await browser.at(bench.another()).status()]).toEqual([200, 200])
  })

  it('SEC-163 an entry that was damaged is no entry', async () => {
    const { bench, pass, connections } = await several(storage)
    const browser = await bench.signedIn()
    pass(280)
    await browser.status()
    const key =
      connections[0]!.calls
        .map((call) => call.key)
        .find((name) => name.startsWith('refresh:') && !name.endsWith(':lock')) ?? ''
    await connections[0]!.set(key, 'junk', 60)
    pass(20)
    expect(await browser.at(bench.another()).status()).toBe(200)
  })

  it('an answer of the provider that is no good is told once to all, and ends nobody', async () => {
    const { bench, pass } = await several(storage)
    const browser = await bench.signedIn()
    const other = browser.copy().at(bench.another())
    pass(400)
    bench.provider.answers.push(() => refusal('invalid_client', 401))
    expect([await browser.status(), await other.status()]).toEqual([503, 503])
    pass(2)
    expect([await browser.status(), await other.status()]).toEqual([200, 200])
    expect(refreshes(bench)).toBe(2)
  })
})

it('I8 a clock that is set back by an hour keeps no failure alive', async () => {
  const bench = await createBench()
  const browser = await bench.signedIn()
  bench.now += 400
  bench.provider.answers.push(() => new Response('', { status: 503, headers: { 'retry-after': '20' } }))
  expect([await browser.status(), await browser.status()]).toEqual([503, 503])
  expect(refreshes(bench)).toBe(1)
  bench.now -= 350
  expect((await browser.page(async (context) => context.authorize({ fresh: true }))).refusal).toBeUndefined()
  expect(refreshes(bench)).toBe(2)
})

it('SEC-195 I2 a log-out in another process while the provider is asked wins, though no feed has told of it', async () => {
  const engine = memoryStore()
  const store: Store = { ...engine, marks: { ...engine.marks, follow: () => () => undefined } }
  const bench = await createBench({ store, revocation: { maxStaleness: 0 } })
  const browser = await bench.signedIn()
  const elsewhere = browser.copy().at(bench.another())
  bench.now += 400
  bench.provider.answers.push(async (_form, good) => {
    const answer = await good()
    await elsewhere.route('/auth/logout', { form: {} })
    return answer
  })
  const cookies = await browser.page(async (context, jar) => {
    expect(await context.session()).toBeNull()
    return jar.setCookies()
  })
  expect(cookies).toEqual([])
})
