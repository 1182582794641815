import { describe, expect, it } from 'vitest'
import type { PermissionRequest, PermissionSource } from '../options/scalegate-options.js'
import { ada, type Bench, createBench } from '../test/fixture.js'

interface Source {
  readonly calls: PermissionRequest[]
  answer: (request: PermissionRequest) => Promise<readonly string[]>
}

async function bench(): Promise<{ bench: Bench; source: Source }> {
  const source: Source = { calls: [], answer: async () => ['from:source'] }
  const permissions: PermissionSource = (request) => {
    source.calls.push(request)
    return source.answer(request)
  }
  return { bench: await createBench({ permissions, timeouts: { refresh: 1 } }), source }
}

const fail = () => Promise.reject(new Error('canary-of-the-source'))
const permissionsOf = (one: Awaited<ReturnType<Bench['signedIn']>>) =>
  one.page(async (context) => (await context.session())?.permissions, { as: 'fetch' })

describe('a function as permission source', () => {
  it('is asked at login and kept with the session until its next refresh', async () => {
    const { bench: app, source } = await bench()
    const browser = await app.signedIn()
    for (let i = 0; i < 3; i++) expect(await permissionsOf(browser)).toEqual(['from:source'])
    expect(source.calls).toHaveLength(1)
    expect(source.calls[0]).toMatchObject({
      userId: ada.sub,
      organizationId: ada.oid,
      tokenPermissions: ada.permissions,
      issuer: app.provider.issuer,
      deadline: 1,
    })
    source.answer = async () => ['other']
    app.now += 400
    expect(await permissionsOf(browser)).toEqual(['other'])
    expect(source.calls).toHaveLength(2)
    expect(source.calls[1]?.accessToken).not.toBe(source.calls[0]?.accessToken)
  })

  it('that fails at login does not stop the login; the first guard asks again', async () => {
    const { bench: app, source } = await bench()
    source.answer = fail
    const browser = await app.signedIn()
    expect(app.eventsOf('permission_source_failed')).toHaveLength(1)
    app.now += 2
    await browser.page(
      async (context, jar) => {
        const { refusal } = await context.authorize({})
        expect([refusal?.status, refusal?.headers.get('retry-after')]).toEqual([503, '5'])
        expect(await refusal?.json()).toMatchObject({ code: 'permissions_unavailable' })
        expect(jar.setCookies()).toEqual([])
      },
      { as: 'fetch' },
    )
    source.answer = async () => ['late']
    app.now += 2
    expect(await permissionsOf(browser)).toEqual(['late'])
    const calls = source.calls.length
    expect(await permissionsOf(browser)).toEqual(['late'])
    expect(source.calls).toHaveLength(calls)
  })

  it('I1 that fails at a refresh loses no rotated token: 503, the cookie is written, and the next request goes on', async () => {
    const { bench: app, source } = await bench()
    const browser = await app.signedIn()
    const before = browser.cookies.get('__Host-scalegate')
    source.answer = fail
    app.now += 400
    expect(await browser.status()).toBe(503)
    expect(browser.cookies.get('__Host-scalegate')).not.toBe(before)
    // Long after late requests would still find the successor: the cookie alone must do.
    app.now += 200
    source.answer = async () => ['again']
    expect(await permissionsOf(browser)).toEqual(['again'])
    expect(app.provider.tokenCalls).toHaveLength(2)
    expect(JSON.stringify(app.events)).not.toContain('canary')
  })

  it('is asked once for one refresh, also when it fails', async () => {
    const { bench: app, source } = await bench()
    const browser = await app.signedIn()
    source.answer = fail
    app.now += 400
    await browser.status()
    expect(source.calls).toHaveLength(2)
  })

  it('is asked once by 50 requests that come together', async () => {
    const { bench: app, source } = await bench()
    source.answer = fail
    const browser = await app.signedIn()
    const before = source.calls.length
    app.now += 2
    const statuses = await Promise.all(Array.from({ length: 50 }, () => browser.copy().status()))
    expect(new Set(statuses)).toEqual(new Set([503]))
    expect(source.calls.length - before).toBe(1)
  })

  it('never mixes up two people who wait at once', async () => {
    const { bench: app, source } = await bench()
    source.answer = fail
    const browsers = [await app.signedIn(), await app.signedIn({ sub: 'usr_bob', sid: 'ses_bob', oid: 'org_2' })]
    source.answer = async ({ userId }) => [`of:${userId}`]
    app.now += 2
    expect(await Promise.all(browsers.map(permissionsOf))).toEqual([['of:usr_ada'], ['of:usr_bob']])
  })

  it('has a deadline, and what comes later is ignored', async () => {
    const { bench: app, source } = await bench()
    source.answer = () => new Promise(() => undefined)
    const startedAt = performance.now()
    await app.signedIn()
    expect(performance.now() - startedAt).toBeLessThan(3000)
    expect(app.eventsOf('permission_source_failed')).toHaveLength(1)
  })

  it.each([
    ['no list', 'sk_org_sso_manage', undefined],
    ['undefined', undefined, undefined],
    ['null', null, undefined],
    ['a list with other things', ['a', 1, '', null, ['b']], ['a']],
    ['an empty list', [], []],
  ])('that answers %s', async (_label, answer, expected) => {
    const { bench: app, source } = await bench()
    source.answer = async () => answer as never
    const browser = await app.signedIn()
    app.now += 2
    if (expected === undefined) expect(await browser.status()).toBe(503)
    else expect(await permissionsOf(browser)).toEqual(expected)
  })

  it('that throws at once is a failure like any other', async () => {
    const { bench: app, source } = await bench()
    source.answer = () => {
      throw new Error('canary')
    }
    await app.signedIn()
    expect(app.eventsOf('permission_source_failed')).toHaveLength(1)
  })

  it('says so when nobody has any sk_ permission where one was asked for', async () => {
    const { bench: app } = await bench()
    const browser = await app.signedIn()
    await browser.page((context) => context.authorize({ permissions: ['from:other'] }))
    expect(app.eventsOf('permissions_without_sk')).toEqual([])
    await browser.page((context) => context.authorize({ permissions: ['sk_org_sso_read'] }))
    expect(app.eventsOf('permissions_without_sk')).toMatchObject([{ permission: 'sk_org_sso_read' }])
  })
})
