import { describe, expect, it } from 'vitest'
import { refusal } from '../test/fake-provider.js'
import { ada, type Bench, bob, createBench, start } from '../test/fixture.js'

const sessionName = '__Host-scalegate'
const refreshes = (bench: Bench) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length

describe('who is calling', () => {
  it('nobody without a cookie, and nothing is said about it', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    expect(await browser.page(async (context, jar) => [await context.session(), jar.setCookies()])).toEqual([null, []])
    expect(bench.events).toEqual([])
  })

  it.each([
    [
      'SEC-129 a flipped character',
      (value: string) => `${value.slice(0, 300)}${value[300] === 'A' ? 'B' : 'A'}${value.slice(301)}`,
    ],
    ['SEC-130 a truncated value', (value: string) => value.slice(0, -1)],
    ['SEC-132 rubbish', () => 'Fe26.2*__proto__*x*y*z*1*2*3~2'],
    ['SEC-148 quotes', (value: string) => `"${value}"`],
    ['SEC-148 an escape', () => '%E0%A4%A'],
  ])('%s is a stranger, and a page load takes the cookie away', async (_label, change) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const good = browser.cookies.get(sessionName) ?? ''
    browser.kept.clear()
    browser.plant(sessionName, change(good))
    const script = await browser.page(async (context, jar) => [await context.session(), jar.setCookies()], {
      as: 'fetch',
    })
    expect(script).toEqual([null, []])
    await browser.page(async (context, jar) => {
      expect(await context.session()).toBeNull()
      expect(jar.setCookies()).toEqual([expect.stringMatching(/^__Host-scalegate=; Max-Age=0/)])
    })
    expect(bench.eventsOf('session_refused').map(({ reason }) => reason)).toEqual([
      'cookie_unusable',
      'cookie_unusable',
    ])
  })

  it('SEC-146 a name that comes twice is nobody', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const value = browser.cookies.get(sessionName) ?? ''
    const cookie = `${sessionName}=${value}; ${sessionName}=planted`
    expect(await browser.user({ headers: { cookie } })).toBeNull()
    expect(bench.eventsOf('session_refused')).toMatchObject([{ reason: 'cookie_duplicated' }])
  })

  it('SEC-133 a cookie under an older secret is good, and sealed anew', async () => {
    const old = 'oLd7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
    const secrets = [old]
    const bench = await createBench({ cookieSecret: secrets })
    const browser = await bench.signedIn()
    secrets.unshift('q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j')
    bench.now += 1
    bench.restart()
    const before = browser.cookies.get(sessionName)
    bench.now += 30
    expect(await browser.user()).toBe('usr_ada')
    const after = browser.cookies.get(sessionName)
    expect(after).not.toBe(before)
    // SEC-134: with the old secret gone, only the new seal opens.
    secrets.length = 1
    bench.restart()
    expect(await browser.user()).toBe('usr_ada')
    browser.plant(sessionName, before ?? '')
    expect(await browser.user()).toBeNull()
  })

  it.each([
    ['another client', { clientId: 'skc_other' }],
    ['another cookie name', { session: { cookieName: 'other' } }],
    ['another secret', { cookieSecret: 'oTh7mT0pX9vK2sL8wR5yB1nC6dF4gH0j' }],
  ])('SEC-137 a session is no session of an app with %s', async (_label, changes) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const other = await createBench({ issuer: bench.provider.issuer, ...changes })
    const thief = other.browser()
    const name = 'session' in changes ? '__Host-other' : sessionName
    thief.plant(name, browser.cookies.get(sessionName) ?? '')
    expect(await thief.user()).toBeNull()
  })

  it('SEC-136 a transaction in place of the session', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    await browser.route('/auth/login')
    const [transaction = ''] = browser.cookies.values()
    browser.plant(sessionName, transaction)
    expect(await browser.user()).toBeNull()
  })
})

describe('lifetime', () => {
  it('SEC-169 ends at the absolute limit, however active', async () => {
    const bench = await createBench({ session: { absolute: 3600, idle: 600 } })
    const browser = await bench.signedIn()
    const signedInAt = bench.now
    const kept = () => [...browser.cookies]
    for (let cookies = kept(); bench.now < signedInAt + 3599; cookies = kept()) {
      expect(await browser.user()).toBe('usr_ada')
      expect(cookies.length).toBeGreaterThan(0)
      bench.now = Math.min(bench.now + 280, signedInAt + 3599)
    }
    expect(await browser.user()).toBe('usr_ada')
    const copied = browser.cookies.get(sessionName) ?? ''
    bench.now += 1
    expect(browser.cookies.size).toBe(0)
    // SEC-138: replayed by hand, it has ended inside the seal too.
    browser.plant(sessionName, copied)
    expect(await browser.user()).toBeNull()
  })

  it('SEC-170 ends after the idle time, and an event says why', async () => {
    const bench = await createBench({ session: { idle: 600 } })
    const browser = await bench.signedIn()
    bench.now += 599
    expect(await browser.copy().user()).toBe('usr_ada')
    bench.now += 1
    expect(await browser.user()).toBeNull()
    expect(bench.eventsOf('session_refused')).toMatchObject([{ reason: 'idle' }])
  })

  it('SEC-167 writes activity down now and then, not on every request', async () => {
    const bench = await createBench({ session: { idle: 1000 } })
    const browser = await bench.signedIn()
    const writes: number[] = []
    for (let i = 0; i < 25; i++) {
      bench.now += 10
      await browser.page(async (context, jar) => {
        await context.session()
        if (jar.setCookies().length > 0) writes.push(bench.now - start)
      })
    }
    expect(writes).toEqual([101, 201])
  })

  it('a touch that no longer fits beside the app’s own cookies costs nobody their page', async () => {
    const bench = await createBench({ session: { cookieBudget: 6000, idle: 1000 } })
    const browser = await bench.signedIn()
    for (const name of ['a', 'b']) browser.plant(name, 'x'.repeat(3000))
    bench.now += 150
    expect(await browser.user()).toBe('usr_ada')
    expect(bench.eventsOf('cookie_budget_exceeded')).toHaveLength(1)
  })

  it('without a refresh token the session lives as long as its access token', async () => {
    const bench = await createBench()
    bench.provider.behaviour.refreshTokens = false
    const browser = await bench.signedIn()
    bench.now += 299
    expect(await browser.user()).toBe('usr_ada')
    bench.now += 1
    expect(await browser.user()).toBeNull()
  })

  it('a seal lives by the clock of the kit', async () => {
    const bench = await createBench({ session: { absolute: 60 * 86_400, idle: 30 * 86_400 } })
    const browser = await bench.signedIn()
    bench.now += 20 * 86_400
    expect(await browser.user()).toBe('usr_ada')
  })
})

describe('refresh', () => {
  it('SEC-177 100 requests with an expired access token make one call, and all succeed', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    const copies = Array.from({ length: 100 }, () => browser.copy())
    expect(await Promise.all(copies.map((copy) => copy.status()))).toEqual(Array(100).fill(200))
    expect(refreshes(bench)).toBe(1)
    // Whichever answer the browser took last, the next rotation works.
    bench.now += 400
    expect(await copies[57]!.status()).toBe(200)
  })

  it('a request that left before the new cookie arrived still finds the new tokens, as long as they live', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    const late = browser.copy()
    await browser.status()
    bench.now += 268
    expect(await late.copy().status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
    bench.now += 100
    expect(await late.status()).toBe(401)
  })

  it('SEC-180 a late request with an older cookie gets the newest tokens, not those in between', async () => {
    const bench = await createBench()
    bench.provider.behaviour.accessLifetime = 40
    const browser = await bench.signedIn()
    const late = browser.copy()
    bench.now += 15
    await browser.status()
    bench.now += 15
    await browser.status()
    expect(refreshes(bench)).toBe(2)
    const [newest, found] = await Promise.all(
      [browser, late].map((one) => one.page((context) => context.accessToken())),
    )
    expect(found).toBe(newest)
    expect(refreshes(bench)).toBe(2)
  })

  it('SEC-181 two people who refresh at once never meet', async () => {
    const bench = await createBench()
    const browsers = await Promise.all([ada, bob].map((person) => bench.signedIn(person)))
    bench.now += 400
    const users = await Promise.all(browsers.flatMap((one) => [one.copy().user(), one.copy().user()]))
    expect(users).toEqual(['usr_ada', 'usr_ada', 'usr_bob', 'usr_bob'])
    expect(refreshes(bench)).toBe(2)
  })

  const outages: readonly (readonly [string, () => Response | Promise<Response>])[] = [
    ['408', () => new Response('', { status: 408 })],
    ['429', () => refusal('invalid_grant', 429)],
    ['500', () => new Response('<html>', { status: 500 })],
    ['503 that says invalid_grant', () => refusal('invalid_grant', 503)],
    ['a reset', () => Promise.reject(new Error('canary'))],
    ['HTML', () => new Response('<html>')],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    ['an unknown error', () => refusal('banana', 403)],
    ['SEC-186 invalid_client', () => refusal('invalid_client', 401)],
    ['SEC-186 unauthorized_client', () => refusal('unauthorized_client')],
  ]

  it.each(outages)(
    'SEC-184 I1 %s keeps the session: 503, cookie untouched, well again later',
    async (_label, answer) => {
      const bench = await createBench()
      const browser = await bench.signedIn()
      bench.now += 400
      bench.provider.answers.push(answer)
      await browser.page(async (context, jar) => {
        const { refusal: refused } = await context.authorize({})
        expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)])
        expect(jar.setCookies()).toEqual([])
      })
      bench.now += 31
      expect(await browser.status()).toBe(200)
      expect(JSON.stringify(bench.events)).not.toContain('canary')
    },
  )

  it.each(outages)('SEC-184 %s matters to nobody while the access token lives', async (_label, answer) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 280
    bench.provider.answers.push(answer)
    expect(await browser.status()).toBe(200)
    expect(bench.eventsOf('refresh_failed')).toHaveLength(1)
  })

  it('SEC-184 50 requests during an outage make one call', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => new Response('', { status: 500 }))
    const statuses = await Promise.all(Array.from({ length: 50 }, () => browser.copy().status()))
    expect(new Set(statuses)).toEqual(new Set([503]))
    expect(await browser.copy().status()).toBe(503)
    expect(refreshes(bench)).toBe(1)
  })

  it('SEC-184 waits as long as the provider asks, up to half a minute', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => new Response('', { status: 429, headers: { 'retry-after': '3600' } }))
    expect(await browser.status()).toBe(503)
    bench.now += 29
    expect(await browser.status()).toBe(503)
    expect(refreshes(bench)).toBe(1)
    bench.now += 1
    expect(await browser.status()).toBe(200)
  })

  it('SEC-185 invalid_grant ends the session after one attempt', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.end(ada.sid)
    for (let i = 0; i < 5; i++) expect(await browser.copy().status()).toBe(401)
    bench.now += 3600
    expect(await browser.status()).toBe(401)
    expect(refreshes(bench)).toBe(1)
    expect(bench.eventsOf('session_ended')).toEqual([
      expect.objectContaining({ reason: 'invalid_grant', session: expect.stringMatching(/^[\w-]{12}$/) }),
    ])
  })

  it('SEC-179 the loser of a race writes no deletion over the winner’s cookie', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => refusal('invalid_grant'))
    await browser.page(async (context, jar) => {
      expect(await context.session()).toBeNull()
      expect(jar.setCookies()).toEqual([])
    })
  })

  it('SEC-187 without a new refresh token the old one goes on', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const [first] = bench.provider.tokenCalls
    expect(first).toBeDefined()
    for (const _round of [1, 2]) {
      bench.now += 400
      bench.provider.answers.push(async (form, good) => {
        const { refresh_token: _new, ...rest } = (await (await good()).json()) as Record<string, unknown>
        seen.push(form.get('refresh_token'))
        return Response.json(rest)
      })
      await browser.status()
    }
    expect(seen[0]).toBe(seen[1])
  })
  const seen: (string | null)[] = []

  it.each([
    ['SEC-188 another subject', { sub: 'usr_evil' }, {}],
    ['SEC-188 another issuer', { iss: 'https://evil.example' }, {}],
    ['SEC-188 another audience', { aud: ['other'] }, {}],
    ['SEC-188 another nonce', { nonce: 'x'.repeat(43) }, {}],
    ['SEC-188 another session', { sid: 'ses_other' }, {}],
    ['SEC-188 another organization', { oid: 'org_other' }, {}],
    ['SEC-189 an access token of another subject', {}, { sub: 'usr_evil' }],
    ['SEC-189 an access token of another organization', {}, { oid: 'org_9' }],
    ['SEC-189 an access token of another session', {}, { sid: 'ses_9' }],
    ['SEC-189 an access token for somebody else', {}, { aud: ['other'] }],
  ])('%s in the answer ends the session', async (_label, id, access) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    Object.assign(bench.provider.claims, { id, access })
    expect(await browser.status()).toBe(401)
    Object.assign(bench.provider.claims, { id: {}, access: {} })
    expect(await browser.status()).toBe(401)
    expect(refreshes(bench)).toBe(1)
  })

  it.each([
    ['with an ID token', true],
    ['without one', false],
  ])('works %s, as documents disagree', async (_label, idTokenOnRefresh) => {
    const bench = await createBench()
    bench.provider.behaviour.idTokenOnRefresh = idTokenOnRefresh
    const browser = await bench.signedIn()
    for (let i = 0; i < 3; i++) {
      bench.now += 400
      expect(await browser.user()).toBe('usr_ada')
    }
    const answer = await browser.route('/auth/logout')
    expect(new URL(answer.headers.get('location') ?? '').searchParams.has('id_token_hint')).toBe(true)
  })

  it('SEC-190 fewer permissions count at once', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.claims.access = { permissions: [] }
    const answer = await browser.page((context) => context.authorize({ permissions: ['sk_org_users_read'] }), {
      as: 'fetch',
    })
    expect(answer.refusal?.status).toBe(403)
  })

  it.each([
    ['a prefetch', { as: 'prefetch' }],
    ['HEAD', { method: 'HEAD' }],
    ['SEC-197 a response that cannot carry cookies', { writable: false }],
  ] as const)('SEC-191 %s refreshes nothing', async (_label, visit) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 280
    expect(await browser.page(async (context) => (await context.session())?.stale, visit)).toBe(false)
    bench.now += 120
    await browser.page(async (context, jar) => {
      expect((await context.session())?.stale).toBe(true)
      expect((await context.authorize({})).refusal?.status).toBeGreaterThan(300)
      expect(jar.setCookies()).toEqual([])
    }, visit)
    expect(refreshes(bench)).toBe(0)
    expect(await browser.status()).toBe(200)
  })

  it.each([0, 1])('SEC-193 expires_in %i makes no storm', async (expiresIn) => {
    const bench = await createBench()
    Object.assign(bench.provider.behaviour, { expiresIn, accessLifetime: expiresIn })
    const browser = await bench.signedIn()
    for (let i = 0; i < 9; i++) {
      bench.now += 1
      expect(await browser.status()).toBe(200)
    }
    expect(refreshes(bench)).toBe(0)
    for (let i = 0; i < 10; i++) {
      bench.now += 1
      expect(await browser.status()).toBe(200)
    }
    expect(refreshes(bench)).toBe(1)
  })

  it.each([
    ['ahead', 600],
    ['behind', -600],
    ['ahead by less than the skew', 50],
    ['behind by less than the skew', -50],
  ])(
    'SEC-192 I1 a provider whose clock is %s ends no session and is not asked again and again',
    async (_label, ahead) => {
      const bench = await createBench()
      const browser = await bench.signedIn()
      bench.now += 400
      bench.provider.behaviour.ahead = ahead
      const statuses = new Set<number>()
      for (let i = 0; i < 10; i++) {
        statuses.add(await browser.status())
        bench.now += 1
      }
      expect(statuses).toEqual(new Set([Math.abs(ahead) > 60 ? 503 : 200]))
      expect(refreshes(bench)).toBe(1)
      bench.provider.behaviour.ahead = 0
      // Right again: our clock has caught up with what the provider gave.
      bench.now += ahead > 60 ? 540 : 0
      if (ahead > -60) expect(await browser.status()).toBe(200)
    },
  )

  it('I1 rotated tokens that could not be verified are not lost', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 700
    bench.restart()
    bench.now += 10
    bench.provider.behaviour.keysDown = true
    expect(await browser.status()).toBe(503)
    expect(refreshes(bench)).toBe(1)
    bench.provider.behaviour.keysDown = false
    bench.now += 40
    expect(await browser.status()).toBe(200)
    // The new tokens were used, and the spent refresh token was not sent again.
    expect(refreshes(bench)).toBe(1)
  })

  it('SEC-209 a session that was ended is not refreshed, and not shown as stale where it could not be', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    await bench.backchannel({ sid: ada.sid, sub: undefined })
    bench.now += 400
    expect(await browser.copy().user({ writable: false })).toBeNull()
    expect(await browser.copy().user({ as: 'prefetch' })).toBeNull()
    expect(await browser.user()).toBeNull()
    expect(refreshes(bench)).toBe(0)
  })

  it('SEC-195 a logout that arrives during the refresh wins', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(async (_form, good) => {
      const answer = await good()
      await bench.backchannel({ sid: ada.sid, sub: undefined })
      return answer
    })
    await browser.page(async (context, jar) => {
      expect(await context.session()).toBeNull()
      expect(jar.setCookies()).toEqual([])
    })
  })
})

describe('a process that has not listened all the time', () => {
  it('I2 a restart revives nobody: the session is refreshed before it is believed', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 20
    await bench.backchannel({ sid: ada.sid, sub: undefined })
    bench.provider.end(ada.sid)
    bench.restart()
    expect(await browser.status()).toBe(401)
  })

  it('I1 and logs nobody out', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 20
    bench.restart()
    expect(await browser.status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
    bench.now += 5
    expect(await browser.status()).toBe(200)
    expect(refreshes(bench)).toBe(1)
  })

  it('I1 an outage after a restart is 503, not a logout and not a guess', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 20
    bench.restart()
    bench.provider.answers.push(() => new Response('', { status: 500 }))
    expect(await browser.status()).toBe(503)
    bench.now += 5
    expect(await browser.status()).toBe(200)
  })

  it('a page that cannot refresh shows the session as stale', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 20
    bench.restart()
    const stale = await browser.page(async (context) => (await context.session())?.stale, { writable: false })
    expect(stale).toBe(true)
  })

  it('a login in the second of the start is believed', async () => {
    const bench = await createBench()
    bench.restart()
    const browser = await bench.signedIn()
    expect(await browser.status()).toBe(200)
    expect(refreshes(bench)).toBe(0)
  })

  it('without a refresh token nobody can confirm it, so it is over', async () => {
    const bench = await createBench()
    bench.provider.behaviour.refreshTokens = false
    const browser = await bench.signedIn()
    bench.now += 20
    bench.restart()
    expect(await browser.status()).toBe(401)
  })
})
