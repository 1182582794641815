import { describe, expect, it } from 'vitest'
import { collectingJar } from '../cookies/cookie-jar.js'
import { createValueCookie } from '../cookies/value-cookie.js'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import { memoryStore } from '../state/memory-store.js'
import { createSealedRecords } from '../store/sealed-records.js'
import { type FaultyStore, faultyStore } from '../test/faulty-store.js'
import { ada, type Bench, bob, clientId, cookieSecret, createBench, start } from '../test/fixture.js'
import { relative } from '../test/test-browser.js'
import { type OpenedSession, openRecord } from './session-record.js'
import { createStoredSession } from './stored-session.js'

const sessionName = '__Host-scalegate'
const refreshes = (bench: Bench) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length

async function create(options: ScalegateOptions = {}) {
  const time = { now: start }
  const store = faultyStore(() => memoryStore({ clock: () => time.now }))
  const { session, ...others } = options
  const bench = await createBench({ store, session: { storage: 'store', ...session }, ...others })
  const pass = (seconds: number) => {
    bench.now += seconds
    time.now = bench.now
  }
  pass(0)
  return { bench, store, pass }
}

async function sessionKeys(store: FaultyStore): Promise<readonly string[]> {
  return [...(await store.entries()).keys()].filter((key) => key.startsWith('session:'))
}

describe('a session in the store', () => {
  it('leaves a small cookie in the browser, that is written once', async () => {
    const { bench, pass } = await create()
    const browser = bench.browser()
    const answer = await browser.login(ada)
    const [cookie = '', ...others] = answer.headers.getSetCookie().filter((line) => line.startsWith(`${sessionName}=`))
    expect(others).toEqual([])
    expect(cookie).toMatch(/^__Host-scalegate=[A-Za-z0-9_-]{43};/)
    expect(cookie.length).toBeLessThan(200)
    pass(280)
    await browser.page(async (context, jar) => {
      expect((await context.session())?.user.id).toBe('usr_ada')
      expect(jar.setCookies()).toEqual([])
    })
    expect(refreshes(bench)).toBe(1)
  })

  it('SEC-160 has a handle of 256 random bits, and a record under a hash of it', async () => {
    const { bench, store } = await create()
    const handles = await Promise.all(
      [ada, bob, ada].map(async (person) => (await bench.signedIn(person)).cookies.get(sessionName)),
    )
    expect(new Set(handles).size).toBe(3)
    for (const handle of handles) {
      expect(handle).toMatch(/^[A-Za-z0-9_-]{43}$/)
      expect(store.written.join('\n')).not.toContain(handle)
    }
    expect(await sessionKeys(store)).toHaveLength(3)
  })

  it.each([
    ['one character', 'a'],
    ['one too few', 'a'.repeat(42)],
    ['one too many', 'a'.repeat(44)],
    ['a glob', `${'a'.repeat(42)}*`],
    ['a separator', `${'a'.repeat(42)}:`],
    ['a hash tag', `{${'a'.repeat(41)}}`],
    ['a line', `${'a'.repeat(40)}\r\nX`],
    ['a line at the end', `${'a'.repeat(43)}\n`],
    ['padding', `${'a'.repeat(42)}=`],
    ['a NUL', `${'a'.repeat(42)}\u0000`],
    ['a sealed cookie of before', `Fe26.2*1*${'0'.repeat(64)}*x`],
    ['ten kilobytes', 'a'.repeat(10_000)],
  ])('SEC-160 SEC-161 %s in the cookie never reaches the store, and goes', async (_label, value) => {
    const { bench, store } = await create()
    const before = store.calls.length
    const jar = collectingJar(null)
    const request = new Request('https://app.example/page', {
      headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    })
    const context = bench.kit.context(request, { ...jar, all: new Map([[sessionName, value]]) })
    expect(await context.session()).toBeNull()
    expect(store.calls.slice(before)).toEqual([])
    expect(jar.setCookies()).toEqual([expect.stringContaining('Max-Age=0')])
  })

  it.each([
    ['upper case', (handle: string) => (handle === handle.toUpperCase() ? handle.toLowerCase() : handle.toUpperCase())],
    ['the next one', (handle: string) => `${handle.slice(0, -1)}${handle.endsWith('A') ? 'Q' : 'A'}`],
    ['made up', () => 'a'.repeat(43)],
  ])(
    'SEC-160 %s is nobody, and its cookie stays for a session that may be written just now',
    async (_label, change) => {
      const { bench } = await create()
      const browser = await bench.signedIn()
      const other = bench.browser()
      other.plant(sessionName, change(browser.cookies.get(sessionName) ?? ''))
      await other.page(async (context, jar) => {
        expect(await context.session()).toBeNull()
        expect(jar.setCookies()).toEqual([])
      })
      expect(bench.eventsOf('session_refused').at(-1)).toMatchObject({ reason: 'session_gone' })
    },
  )

  it('SEC-176 no token, e-mail, handle, state, code or id of a person lies in the store in clear', async () => {
    const { bench, store, pass } = await create()
    const browser = bench.browser()
    const callback = await browser.startLogin(ada)
    await browser.route(relative(callback))
    const cookies = [...browser.cookies.values()]
    const tokens = [await browser.page((context) => context.accessToken())]
    pass(280)
    tokens.push(await browser.page((context) => context.accessToken()))
    await bench.backchannel({ sid: ada.sid, jti: 'canary-jti' })
    await browser.route('/auth/logout', { form: {} })
    const secrets = [
      ...cookies, ...tokens, ...[...callback.searchParams.values()], 'usr_ada', 'corp.example', 'ses_ada', 'org_1', 'canary',
      ...bench.provider.tokenCalls.flatMap((form) => [...form.values()].filter((value) => value.length > 30)),
    ] // biome-ignore format: one list
    const written = store.written.join('\n')
    expect(written.length).toBeGreaterThan(1000)
    for (const secret of secrets) expect(written).not.toContain(secret)
    for (const key of (await store.entries()).keys())
      expect(key).toMatch(/^[a-z-]+(:[a-z-]+)?:[A-Za-z0-9_-]{43}(:lock)?$/)
  })

  it('SEC-196 another login is another handle, and the record of the old one is gone', async () => {
    const { bench, store } = await create()
    const browser = await bench.signedIn(ada)
    const copy = browser.copy()
    const [old] = await sessionKeys(store)
    await browser.login({ ...ada, oid: 'org_2', sid: 'ses_ada_2' }, '?organization_id=org_2')
    expect(await sessionKeys(store)).toEqual([expect.not.stringContaining(old ?? '')])
    expect(copy.cookies.get(sessionName)).not.toBe(browser.cookies.get(sessionName))
    expect([await copy.user(), await browser.user()]).toEqual([null, 'usr_ada'])
  })

  it('SEC-169 ends at the absolute limit, however active, and its record with it', async () => {
    const { bench, store, pass } = await create({ session: { absolute: 3600, idle: 3600 } })
    const browser = await bench.signedIn()
    for (let i = 0; i < 11; i++) {
      pass(300)
      expect(await browser.status()).toBe(200)
    }
    pass(299)
    expect(await browser.status()).toBe(200)
    pass(1)
    expect(await browser.status()).toBe(401)
    expect(await sessionKeys(store)).toEqual([])
    expect(bench.eventsOf('record_refused')).toEqual([])
  })

  it('SEC-170 ends after the idle time, and its record a minute later', async () => {
    const { bench, store, pass } = await create({ session: { idle: 600 } })
    const browser = await bench.signedIn()
    pass(600)
    expect(await browser.status()).toBe(401)
    expect(bench.eventsOf('session_refused')).toMatchObject([{ reason: 'idle' }])
    pass(60)
    expect(await sessionKeys(store)).toEqual([])
    expect(await browser.status()).toBe(401)
    expect(bench.eventsOf('session_refused')).toMatchObject([{ reason: 'idle' }, { reason: 'session_gone' }])
  })

  it('SEC-167 is written now and then, not on every request', async () => {
    const { bench, store, pass } = await create({ session: { idle: 600 } })
    const browser = await bench.signedIn()
    const writes = () => store.calls.filter(({ method }) => method === 'set').length
    const before = writes()
    for (let i = 0; i < 120; i++) {
      pass(1)
      await browser.status()
    }
    expect(writes() - before).toBe(2)
  })

  it('SEC-171 a provider that ends it earlier is obeyed at the next refresh', async () => {
    const { bench, pass } = await create()
    const browser = await bench.signedIn()
    bench.provider.end(ada.sid)
    pass(280)
    expect(await browser.status()).toBe(401)
    expect(await browser.at(bench.another()).status()).toBe(401)
  })

  it('SEC-174 I3 I2 a store that lost its data signs everybody out, and gives nobody another session', async () => {
    const { bench, store, pass } = await create()
    const [one, other, ended] = [
      await bench.signedIn(ada),
      await bench.signedIn(bob),
      await bench.signedIn({ ...ada, sid: 'ses_3' }),
    ]
    await ended.route('/auth/logout', { form: {} })
    pass(30)
    store.empty()
    expect([await one.user(), await other.user(), await ended.user()]).toEqual([null, null, null])
    await one.login(ada)
    expect([await one.user(), await other.user(), await ended.user()]).toEqual(['usr_ada', null, null])
  })

  it('SEC-163 a record that was damaged is no session: said once, deleted, and the person logs in again', async () => {
    const { bench, store } = await create()
    const browser = await bench.signedIn()
    const [key = ''] = await sessionKeys(store)
    await store.set(key, '{"v":2}', 60)
    expect([await browser.status(), await browser.status()]).toEqual([401, 401])
    expect(bench.eventsOf('record_refused')).toMatchObject([{ record: 'session', reason: 'unreadable' }])
    expect(await sessionKeys(store)).toEqual([])
    expect((await browser.login(ada)).status).toBe(303)
    expect(await browser.status()).toBe(200)
  })

  it('SEC-166 of two renewals the later one stays, whose clock is behind that of the earlier', async () => {
    const { bench, store, pass } = await create()
    const browser = await bench.signedIn()
    const other = browser.copy().at(bench.another())
    pass(300)
    let isLate = true
    // The first one writes last.
    const [key] = await sessionKeys(store)
    store.condition = (call) => {
      if (!isLate || call.method !== 'set' || call.key !== key) return 'up'
      isLate = false
      return 500
    }
    const first = browser.status()
    await expect.poll(() => refreshes(bench)).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 50))
    bench.now -= 5
    const second = other.page(async (context) => (await context.authorize({ fresh: true })).refusal)
    expect([await second, await first]).toEqual([undefined, 200])
    expect(refreshes(bench)).toBe(2)
    pass(290)
    expect(await browser.copy().at(bench.another()).status()).toBe(200)
    expect(bench.eventsOf('session_ended')).toEqual([])
    const sent = bench.provider.tokenCalls.map((form) => form.get('refresh_token')).filter((token) => token !== null)
    expect(new Set(sent).size).toBe(sent.length)
  })

  it('SEC-162 I3 the record of somebody else is served to nobody', async () => {
    const { bench, store } = await create()
    const [one, other] = [await bench.signedIn(ada), await bench.signedIn(bob)]
    expect([await one.user(), await other.user()]).toEqual(['usr_ada', 'usr_bob'])
    const keys = await sessionKeys(store)
    store.reply = (key) => (keys.includes(key) ? keys.find((each) => each !== key) : undefined)
    for (const browser of [one, other]) expect(await browser.status()).toBe(503)
    expect(store.resets()).toBe(2)
    store.reply = undefined
    expect([await one.user(), await other.user()]).toEqual(['usr_ada', 'usr_bob'])
  })

  it('SEC-133 a record under an older secret is good, and sealed anew', async () => {
    const old = 'oLd7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
    const secrets = [old]
    const { bench, store } = await create({ cookieSecret: secrets })
    const browser = await bench.signedIn()
    const [key = ''] = await sessionKeys(store)
    const before = await store.get(key)
    secrets.unshift(cookieSecret)
    const rotated = browser.at(bench.another())
    expect(await rotated.status()).toBe(200)
    expect(await store.get(key)).not.toBe(before)
    secrets.pop()
    expect(await browser.at(bench.another()).status()).toBe(200)
  })

  it('SEC-197 is refreshed where no cookie can leave: nothing has to', async () => {
    const { bench, pass } = await create()
    const browser = await bench.signedIn()
    pass(400)
    const session = await browser.page((context) => context.session(), { writable: false })
    expect(session).toMatchObject({ user: { id: 'usr_ada' }, stale: false })
    expect(refreshes(bench)).toBe(1)
    expect(await browser.at(bench.another()).status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
  })

  it('is not taken away, and nobody is logged out, where no cookie can leave', async () => {
    const { bench } = await create()
    const browser = await bench.signedIn()
    const set = () => {
      throw new Error('The response has been sent.')
    }
    const jar = { all: browser.cookies, duplicates: new Set<string>(), writable: false, set }
    const context = bench.kit.context(browser.request('/page'), jar)
    await expect(context.logout()).rejects.toThrow('The response has been sent.')
    expect(await browser.status()).toBe(200)
  })

  it('may be larger than cookies can be, and is refused beyond its own bound', async () => {
    const large = 'x'.repeat(11_000)
    const inCookies = await createBench()
    inCookies.provider.claims.access = { large }
    expect((await inCookies.browser().login(ada)).status).toBe(500)
    const { bench } = await create()
    bench.provider.claims.access = { large }
    const browser = await bench.signedIn()
    expect(await browser.status()).toBe(200)
  })

  it('two kits with different clients on one store do not meet, whatever cookie a browser sends', async () => {
    const { bench, store } = await create()
    const browser = await bench.signedIn()
    const { createScalegate } = await import('../auth/scalegate.js')
    const other = createScalegate(
      {
        issuer: bench.provider.issuer,
        clientId: 'skc_another',
        clientSecret: 'test_canary-client-secret',
        cookieSecret,
        baseUrl: 'https://app.example',
        fetch: bench.provider.fetch,
        clock: () => bench.now,
        store,
        session: { storage: 'store' },
      },
      () => ({}),
    )
    other.validate()
    const there = browser.at({ kit: other, base: bench.base, now: bench.now })
    expect(await there.user()).toBeNull()
    expect(await browser.user()).toBe('usr_ada')
    expect(clientId).not.toBe('skc_another')
    expect(bench.eventsOf('record_refused')).toEqual([])
  })
})

describe('writes that meet', () => {
  it('SEC-165 SEC-195 a refresh that ends after a log-out in another process brings nothing back', async () => {
    const { bench, store, pass } = await create()
    const browser = await bench.signedIn()
    const elsewhere = browser.copy().at(bench.another())
    pass(400)
    bench.provider.answers.push(async (_form, good) => {
      const answer = await good()
      expect((await elsewhere.route('/auth/logout', { form: {} })).status).toBe(200)
      return answer
    })
    expect(await browser.status()).toBe(401)
    expect(await sessionKeys(store)).toEqual([])
    expect(await browser.at(bench.another()).status()).toBe(401)
  })

  it('SEC-165 a touch after a log-out brings nothing back', async () => {
    const { bench, store, pass } = await create({ session: { idle: 600 } })
    const browser = await bench.signedIn()
    const elsewhere = browser.copy().at(bench.another())
    pass(70)
    store.condition = ({ method }) => (method === 'set' ? 60 : 'up')
    const touching = browser.status()
    await expect.poll(() => store.calls.at(-1)?.method).toBe('set')
    store.condition = 'up'
    await elsewhere.route('/auth/logout', { form: {} })
    expect(await touching).toBe(401)
    expect(await sessionKeys(store)).toEqual([])
  })

  it('SEC-166 a touch never undoes a refresh, and a refresh writes over a touch', async () => {
    const { bench, store, pass } = await create({ session: { idle: 600 } })
    const browser = await bench.signedIn()
    const elsewhere = browser.copy().at(bench.another())
    // Read before the refresh of the other process, written after it.
    pass(70)
    store.condition = ({ method, key }) => (method === 'set' && key.startsWith('session:') ? 60 : 'up')
    const touching = browser.status()
    await expect
      .poll(() => store.calls.some(({ method, key }) => method === 'set' && key.startsWith('session:')))
      .toBe(true)
    store.condition = 'up'
    await elsewhere.page((context) => context.fresh())
    expect(await touching).toBe(200)
    pass(200)
    expect(await browser.at(bench.another()).status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_ended')).toEqual([])
  })
})

describe('a write to the store', () => {
  const time = { now: start }
  const clock = () => time.now

  async function bench() {
    const kit = await createBench()
    const browser = await kit.signedIn()
    const tokens = await browser.page((context) => context.accessToken())
    const record = {
      v: 1, id: 'i'.repeat(43), accessToken: tokens, idToken: tokens, accessTokenExpiresAt: start + 300, loggedInAt: start,
      confirmedAt: start, seenAt: start, expiresAt: start + 3600,
    } as const // biome-ignore format: one record
    const store = faultyStore(() => memoryStore({ clock }))
    const context = { purpose: 'store', name: 'session', issuer: 'i', clientId: 'c' }
    const sealer = createIronSealer({ secrets: [cookieSecret], context, clock })
    const records = createSealedRecords({ store, sealer, name: 'session', parse: openRecord, emit: () => undefined })
    const cookie = createValueCookie('s', { path: '/', secure: false, httpOnly: true, sameSite: 'lax' })
    const sessions = createStoredSession({ cookie, store, owner: 'o', records, clock, idle: 600 })
    const opened = (changes: object = {}) => openRecord({ ...record, ...changes }) as OpenedSession
    const jarOf = (handle?: string) => collectingJar(handle === undefined ? null : `s=${handle}`)
    const begin = async () => {
      const jar = jarOf()
      await sessions.write(jar, opened())
      return /^s=([^;]+)/.exec(jar.setCookies()[0] ?? '')?.[1] ?? ''
    }
    return { store, sessions, opened, jarOf, begin }
  }
  const generation = async (read: Promise<unknown>) =>
    ((await read) as { opened?: OpenedSession }).opened?.record.generation

  it('SEC-166 keeps the tokens that were renewed last, in whatever order they come and whatever the clocks say', async () => {
    const { sessions, opened, jarOf, begin } = await bench()
    const handle = await begin()
    const [early, late] = [jarOf(handle), jarOf(handle)]
    await Promise.all([sessions.read(early), sessions.read(late)])
    expect(await sessions.write(late, opened({ generation: 2, confirmedAt: start + 5 }))).toBe('written')
    expect(await sessions.write(early, opened({ generation: 1, confirmedAt: start + 10 }))).toBe('written')
    expect(await generation(sessions.read(jarOf(handle)))).toBe(2)
    const [touch, refresh] = [jarOf(handle), jarOf(handle)]
    await Promise.all([sessions.read(touch), sessions.read(refresh)])
    await sessions.write(touch, opened({ generation: 2, seenAt: start + 30 }))
    await sessions.write(refresh, opened({ generation: 4 }))
    expect(await generation(sessions.read(jarOf(handle)))).toBe(4)
  })

  it('SEC-166 of many at once leaves the newest', async () => {
    const { sessions, opened, jarOf, begin } = await bench()
    const handle = await begin()
    const jars = Array.from({ length: 12 }, () => jarOf(handle))
    await Promise.all(jars.map((jar) => sessions.read(jar)))
    await Promise.all(jars.map((jar, index) => sessions.write(jar, opened({ generation: (index * 5) % 12 }))))
    expect(await generation(sessions.read(jarOf(handle)))).toBe(11)
  })

  it('SEC-165 to a record that is gone, or another one’s, says so and writes nothing', async () => {
    const { store, sessions, opened, jarOf, begin } = await bench()
    const handle = await begin()
    const jar = jarOf(handle)
    const read = await sessions.read(jar)
    if (read.status === 'open') await sessions.forget(read.opened)
    expect(await store.entries()).toEqual(new Map())
    expect(await sessions.write(jar, opened({ confirmedAt: start + 10 }))).toBe('gone')
    expect(await store.entries()).toEqual(new Map())
    expect(jar.setCookies()).toEqual([])
  })

  it('of a session that is over writes nothing', async () => {
    const { store, sessions, opened, jarOf } = await bench()
    const jar = jarOf()
    expect(await sessions.write(jar, opened({ expiresAt: time.now }))).toBe('gone')
    expect([await store.entries(), jar.setCookies()]).toEqual([new Map(), []])
  })

  it('goes on twice in one request', async () => {
    const { sessions, opened, jarOf, begin } = await bench()
    const handle = await begin()
    const jar = jarOf(handle)
    await sessions.read(jar)
    await sessions.write(jar, opened({ generation: 1 }))
    await sessions.write(jar, opened({ generation: 2 }))
    expect(await generation(sessions.read(jarOf(handle)))).toBe(2)
    expect(jar.setCookies()).toEqual([])
  })
})
