import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, organizations, people, startBench } from '../test/bench.js'
import { adminPortal } from './admin-portal.js'

let bench: Bench<readonly [ReturnType<typeof adminPortal>]>
beforeAll(async () => {
  bench = await startBench([adminPortal({ linksPerMinute: 4 })])
})
afterAll(() => bench.stop())

const post = { method: 'POST', json: {} } as const

describe('POST admin-portal', () => {
  it('gives an administrator a link of one use, for the own organization, that nobody may keep', async () => {
    const ada = await bench.signedIn('ada')
    await bench.upstream()
    const answers = [
      await bench.call(ada, '/auth/admin-portal', post),
      await bench.call(ada, '/auth/admin-portal', post),
    ]
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('cache-control')]).toEqual([200, 'private, no-store'])
      expect(body).toMatchObject({ environment: bench.emulator.url, organizationId: organizations.acme })
      expect(body.location).toMatch(new RegExp(`^${bench.emulator.url}/magicLink/`))
    }
    expect(answers[0]?.body.location).not.toBe(answers[1]?.body.location)
    const link = `PUT /api/v1/organizations/${organizations.acme}/portal_links`
    expect(await bench.upstream()).toEqual([link, link])
    expect(JSON.stringify(bench.events)).not.toContain('magicLink')
  })

  it('SEC-312 refuses somebody without the permission before it asks Scalekit', async () => {
    const max = await bench.signedIn('max')
    await bench.upstream()
    expect((await bench.call(max, '/auth/admin-portal', post)).body).toMatchObject({ status: 403, code: 'forbidden' })
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-312 refuses a stranger', async () => {
    const { Visitor } = await import('../test/visitor.js')
    expect((await bench.call(new Visitor(), '/auth/admin-portal', post)).status).toBe(401)
  })

  it.each([
    ['query', '/auth/admin-portal?organization_id=org_102000000000000002', {}],
    ['body', '/auth/admin-portal', { organization_id: 'org_102000000000000002' }],
  ])('SEC-311 refuses another organization in the %s, without a call upstream', async (_where, path, json) => {
    const ada = await bench.signedIn('ada')
    await bench.upstream()
    const { status, body } = await bench.call(ada, path, { method: 'POST', json })
    expect([status, body.code]).toEqual([403, 'wrong_organization'])
    expect(await bench.upstream()).toEqual([])
  })

  it('SEC-314 refuses another site, and answers no GET', async () => {
    const ada = await bench.signedIn('ada')
    const crossing = { ...post, site: 'cross-site' } as const
    expect((await bench.call(ada, '/auth/admin-portal', crossing)).body.code).toBe('origin_not_allowed')
    expect((await bench.call(ada, '/auth/admin-portal', { method: 'GET' })).status).toBe(405)
  })

  it('SEC-314 is counted for each person', async () => {
    const bea = await bench.signedIn('bea', organizations.globex)
    const statuses: number[] = []
    for (let n = 0; n < 5; n++) statuses.push((await bench.call(bea, '/auth/admin-portal', post)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 429])
    const { headers, body } = await bench.call(bea, '/auth/admin-portal', post)
    expect(body.code).toBe('rate_limited')
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('takes known features only', async () => {
    const bench2 = await startBench([adminPortal()])
    const ada = await bench2.signedIn('ada')
    const ask = (features: unknown) => bench2.call(ada, '/auth/admin-portal', { method: 'POST', json: { features } })
    expect((await ask(['sso'])).status).toBe(200)
    expect((await ask(['sso', 'sso', 'dir_sync'])).status).toBe(200)
    expect((await ask(['domain'])).body).toMatchObject({ status: 400, code: 'feature_unknown', field: 'features' })
    expect((await ask([1])).body.code).toBe('fields_invalid')
    await bench2.stop()
  })

  it('asks each feature for its own permission', () => {
    const session = (permissions: readonly string[]) =>
      ({ user: { id: 'usr_x' }, organizationId: 'org_1', permissions }) as never
    expect(bench.auth.adminPortal.featuresFor(session(['sk_org_scim_manage']))).toEqual(['dir_sync'])
    return expect(bench.auth.adminPortal.link(session(['sk_org_scim_manage']), ['sso'])).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('SEC-312 decides nothing from a session that should have been refreshed', () => {
    const stale = { user: { id: 'usr_x' }, organizationId: 'org_1', permissions: ['sk_org_sso_manage'], stale: true }
    return expect(bench.auth.adminPortal.link(stale as never)).rejects.toMatchObject({
      code: 'session_stale',
      status: 401,
    })
  })

  it('SEC-312 asks Scalekit whether the permission is still there: a link outlives it', async () => {
    // No webhook tells of the change.
    const deaf = await startBench([adminPortal()], { options: { webhooks: {} } })
    const ada = await deaf.signedIn('ada')
    await deaf.emulator.control.setMember(organizations.acme, people.ada, ['member'])
    expect((await deaf.call(ada, '/auth/admin-portal', post)).body).toMatchObject({ status: 403, code: 'forbidden' })
    await deaf.stop()
  })

  it('moves a person on who posted a form', async () => {
    const bench2 = await startBench([adminPortal()])
    const ada = await bench2.signedIn('ada')
    const page = await ada.send(`${bench2.origin}/auth/admin-portal`, { form: {} })
    expect([page.status, page.headers.get('cache-control'), page.headers.get('referrer-policy')]).toEqual([
      200,
      'private, no-store',
      'no-referrer',
    ])
    expect(await page.text()).toContain(`url=${bench2.emulator.url}/magicLink/`)
    await bench2.stop()
  })

  it('SEC-320 SEC-321 names the one source for frames', () => {
    expect(bench.auth.adminPortal.frameSource()).toBe(bench.emulator.url)
  })
})

describe('SEC-322 a link to somewhere else', () => {
  it('is refused, and not shown', async () => {
    // A Scalekit that was taken over: everything as it is, but for the address of the portal.
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ link: { id: 'l', location: 'https://evil.example/magicLink/canary' } }))
    })
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
    const { port } = evil.address() as AddressInfo
    const bench2 = await startBench([adminPortal()], {
      options: {
        fetch: (input, init) =>
          input.includes('/portal_links') ? fetch(`http://127.0.0.1:${port}/`, init) : fetch(input, init),
      },
    })
    const ada = await bench2.signedIn('ada')
    const { status, body } = await bench2.call(ada, '/auth/admin-portal', post)
    expect([status, body.code]).toEqual([502, 'management_answer_invalid'])
    expect(JSON.stringify(body)).not.toContain('canary')
    evil.closeAllConnections()
    evil.close()
    await bench2.stop()
  })
})

it.each([0, -1, 1.5, Number.NaN])('refuses %s links a minute', (linksPerMinute) => {
  expect(() => adminPortal({ linksPerMinute })).toThrow(RangeError)
})
