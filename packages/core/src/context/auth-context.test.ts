import { describe, expect, it } from 'vitest'
import { collectingJar } from '../cookies/cookie-jar.js'
import { refusal } from '../test/fake-provider.js'
import { ada, type Bench, createBench } from '../test/fixture.js'
import type { AuthContext } from './auth-context.js'

const refreshes = (bench: Bench) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length

describe('laziness', () => {
  it('SEC-350 reads and writes nothing until asked', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    await browser.page(async (context, jar) => {
      expect([context.isPersonal, jar.setCookies(), refreshes(bench)]).toEqual([false, [], 0])
    })
  })

  it('does each thing once, however often it is asked', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    await browser.page(async (context, jar) => {
      const answers = await Promise.all([
        context.session(),
        context.session(),
        context.authorize({}),
        context.accessToken(),
      ])
      expect(answers[0]).toEqual(answers[1])
      expect([jar.setCookies().length, refreshes(bench), context.isPersonal]).toEqual([1, 1, true])
    })
  })

  it('opens the cookie once, however often it is asked', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    browser.plant('__Host-scalegate', 'rubbish')
    await browser.page(async (context) => {
      await Promise.all([context.session(), context.authorize({}), context.session()])
    })
    expect(bench.eventsOf('session_refused')).toHaveLength(1)
  })

  it.each([
    ['session', (context: AuthContext) => context.session()],
    ['authorize', (context: AuthContext) => context.authorize({})],
    ['logout', (context: AuthContext) => context.logout()],
  ])('SEC-346 %s makes the response personal, also for a stranger', async (_label, ask) => {
    const bench = await createBench()
    await bench.browser().page(async (context) => {
      await ask(context)
      expect(context.isPersonal).toBe(true)
    })
  })
})

describe('authorize', () => {
  it.each([
    ['SEC-309 a stranger navigating', false, {}, 'navigation', 303],
    ['SEC-309 a stranger’s script', false, { permissions: ['invoices:read'] }, 'fetch', 401],
    ['a known person', true, {}, 'navigation', 200],
    ['the permission', true, { permissions: ['invoices:read'] }, 'navigation', 200],
    ['not the permission, navigating', true, { permissions: ['invoices:write'] }, 'navigation', 403],
    ['not the permission, by script', true, { permissions: ['invoices:write'] }, 'fetch', 403],
    ['SEC-308 another organization', true, { organizationId: 'org_2' }, 'fetch', 403],
    ['SEC-304 a role', true, { roles: ['member'] }, 'fetch', 200],
  ] as const)('%s', async (_label, known, requirement, as, status) => {
    const bench = await createBench()
    const browser = known ? await bench.signedIn() : bench.browser()
    await browser.page(
      async (context) => {
        const { session, refusal: refused } = await context.authorize(requirement)
        expect(refused?.status ?? 200).toBe(status)
        expect(session === undefined).toBe(status !== 200)
        // SEC-349: what a guard says is never kept.
        if (refused !== undefined) expect(refused.headers.get('cache-control')).toBe('private, no-store')
      },
      { as },
    )
  })

  it.each([
    ['a stranger', false, {}, 'anonymous', '/auth/login?return_to=%2Fpage'],
    ['a known person', true, { permissions: ['invoices:write'] }, 'forbidden', '/auth/forbidden'],
  ] as const)(
    'says why, and where to go where nothing else can be answered: %s',
    async (_label, known, requirement, why, to) => {
      const bench = await createBench()
      const browser = known ? await bench.signedIn() : bench.browser()
      await browser.page(
        async (context) => {
          const refused = await context.authorize(requirement)
          expect([refused.why, refused.refusal?.status, refused.refusal?.headers.get('location')]).toEqual([
            why,
            303,
            `https://app.example${to}`,
          ])
        },
        { as: 'fetch', answers: 'redirects', writable: false },
      )
    },
  )

  it('ends nothing where no cookie can leave', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const jar = collectingJar([...browser.cookies].map((pair) => pair.join('=')).join('; '))
    const sealed = {
      ...jar,
      writable: false,
      set: () => {
        throw new Error('read only')
      },
    }
    const context = bench.kit.context(browser.request('/page'), sealed)
    await expect(context.logout()).rejects.toThrow('read only')
    expect(await browser.user()).toBe(ada.sub)
    expect(bench.provider.revoked).toEqual([])
  })

  it('SEC-197 sends a page with an expired session round by the refresh, and spends nothing', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    await browser.page(
      async (context) => {
        const refused = await context.authorize({})
        expect([refused.why, refused.refusal?.headers.get('location')]).toEqual([
          'stale',
          'https://app.example/auth/refresh?return_to=%2Fpage',
        ])
        expect(refreshes(bench)).toBe(0)
      },
      { answers: 'redirects', writable: false },
    )
  })

  it('throws an outage to a form that was posted, and sends a page to the refresh', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => new Response('', { status: 503 }))
    await browser.page(
      (context) => expect(context.authorize({})).rejects.toMatchObject({ code: 'refresh_unavailable' }),
      { as: 'fetch', method: 'POST', answers: 'redirects' },
    )
    await browser.page(
      async (context) => {
        const { why, refusal: refused } = await context.authorize({})
        expect([why, refused?.status]).toEqual(['unavailable', 303])
      },
      { answers: 'redirects' },
    )
  })

  it('SEC-308 computes a requirement for people who are signed in, and nothing computed is nobody’s', async () => {
    const bench = await createBench()
    let asked = 0
    const compute = () => {
      asked += 1
      return { organizationId: undefined }
    }
    await bench.browser().page(async (context) => expect((await context.authorize(compute)).why).toBe('anonymous'))
    expect(asked).toBe(0)
    await (await bench.signedIn()).page(async (context) => {
      expect((await context.authorize(compute)).why).toBe('forbidden')
      expect((await context.authorize(() => ({}))).session?.user.id).toBe(ada.sub)
    })
    expect(asked).toBe(1)
  })

  it('passes on what is not about the session at all', async () => {
    const bench = await createBench({ session: { cookieBudget: 4096 } })
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.claims.access = { filler: 'x'.repeat(3000) }
    await browser.page(async (context) => {
      await expect(context.authorize({})).rejects.toMatchObject({ code: 'session_too_large' })
    })
  })
})

describe('accessToken', () => {
  it('gives the token of the session', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const token = await browser.page((context) => context.accessToken())
    expect(JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')))).toMatchObject({
      sub: ada.sub,
    })
    expect(refreshes(bench)).toBe(0)
  })

  it.each([
    ['30 seconds by default', undefined, 271, 1],
    ['which is enough until then', undefined, 269, 0],
    ['more where asked', 200, 120, 1],
    ['not more than that', 200, 90, 0],
  ])('refreshes one that lives too short: %s', async (_label, minimumLifetime, age, expected) => {
    const bench = await createBench({ session: { refreshBefore: 0 } })
    const browser = await bench.signedIn()
    const before = await browser.page((context) => context.accessToken())
    bench.now += age
    const options = minimumLifetime === undefined ? {} : { minimumLifetime }
    const after = await browser.page((context) => context.accessToken(options))
    expect([refreshes(bench), after === before]).toEqual([expected, expected === 0])
  })

  it('is content with a short one from a provider that gives no longer ones', async () => {
    const bench = await createBench()
    bench.provider.behaviour.accessLifetime = 20
    const browser = await bench.signedIn()
    expect(await browser.page((context) => context.accessToken())).toMatch(/^eyJ/)
    bench.now += 15
    expect(await browser.page((context) => context.accessToken({ minimumLifetime: 3600 }))).toMatch(/^eyJ/)
    expect(refreshes(bench)).toBe(1)
  })

  it('without a refresh token gives what there is, as long as it lives', async () => {
    const bench = await createBench()
    bench.provider.behaviour.refreshTokens = false
    const browser = await bench.signedIn()
    bench.now += 290
    await browser.page(async (context) => {
      expect(await context.accessToken()).toMatch(/^eyJ/)
      expect((await context.session())?.user.id).toBe('usr_ada')
    })
  })

  it.each([
    ['a stranger', async (bench: Bench) => bench.browser(), {}, 'unauthenticated'],
    ['a dead session', dead, {}, 'unauthenticated'],
    ['a response without cookies', old, { writable: false }, 'refresh_required'],
    ['an outage', down, {}, 'refresh_unavailable'],
  ] as const)('%s gets an error', async (_label, prepare, visit, code) => {
    const bench = await createBench()
    const browser = await prepare(bench)
    await browser.page(async (context) => {
      await expect(context.accessToken()).rejects.toMatchObject({ code })
    }, visit)
  })
})

describe('logout', () => {
  it('ends the session for the rest of the request too, and gives the address', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    await browser.page(async (context, jar) => {
      expect(await context.session()).not.toBeNull()
      const url = await context.logout()
      expect(url.origin + url.pathname).toBe(`${bench.provider.issuer}/oidc/logout`)
      expect(await context.session()).toBeNull()
      expect((await context.authorize({})).refusal?.status).toBe(303)
      await expect(context.accessToken()).rejects.toMatchObject({ code: 'unauthenticated' })
      expect(jar.setCookies()).toEqual([expect.stringMatching(/^__Host-scalegate=; Max-Age=0/)])
    })
    expect(browser.cookies.size).toBe(0)
  })

  it('SEC-206 also takes back what the same request has refreshed', async () => {
    const bench = await createBench()
    bench.provider.claims.access = { filler: 'x'.repeat(3000) }
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.claims.access = {}
    await browser.page(async (context) => {
      await context.session()
      await context.logout()
    })
    expect(browser.cookies.size).toBe(0)
  })
})

async function dead(bench: Bench) {
  const browser = await bench.signedIn()
  bench.now += 400
  bench.provider.answers.push(() => refusal('invalid_grant'))
  return browser
}

async function old(bench: Bench) {
  const browser = await bench.signedIn()
  bench.now += 400
  return browser
}

async function down(bench: Bench) {
  const browser = await bench.signedIn()
  bench.now += 400
  bench.provider.answers.push(() => new Response('', { status: 502 }))
  return browser
}
