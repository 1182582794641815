import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestProvider } from '../protocol/test/test-issuer.js'
import { processState } from '../state/process-state.js'
import { createManagementClient, type ManagementClient } from './client.js'
import { createManagementToken } from './management-token.js'
import { calls } from './test/call-table.js'
import { json, type ManagementServer, reset, startManagementServer } from './test/management-server.js'

let server: ManagementServer
let clients = 0
beforeAll(async () => {
  server = await startManagementServer()
})
afterAll(() => server.close())
beforeEach(() => {
  server.received.length = 0
  server.answers.length = 0
  server.tokens.asked = 0
  server.tokens.answer = undefined
  server.otherwise = json(200, {})
})

const clientSecret = 'canary-client-secret'
const time = { now: 1_800_000_000 }
const fresh = (options: Parameters<typeof createManagementClient>[0] = {}) => {
  clients += 1
  return createManagementClient({
    environmentUrl: server.origin,
    clientId: `skc_${clients}`,
    clientSecret,
    clock: () => time.now,
    ...options,
  })
}

describe('the access token', () => {
  it('is fetched once for many calls at once, and kept', async () => {
    const client = fresh()
    await Promise.all(Array.from({ length: 20 }, () => client.organizations.delete('org_1')))
    await client.organizations.delete('org_1')
    expect([server.tokens.asked, server.received.length]).toEqual([1, 21])
    expect(new Set(server.received.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer token-1']))
  })

  it('is one for the kit and the client of the same environment and client id', async () => {
    const clientId = `skc_kit_${clients}`
    const provider = createTestProvider([], { issuer: server.origin, clientId, fetch })
    const endpoints = async () => ({ ...(await provider.endpoints()), token: `${server.origin}/oauth/token` })
    const kit = createManagementToken({ ...provider, endpoints }, () => time.now, processState(server.origin, clientId))
    const client = fresh({ clientId })
    await Promise.all([kit(), client.users.delete('usr_1')])
    expect([server.tokens.asked, server.received[0]?.authorization]).toEqual([1, 'Bearer token-1'])
  })

  it('that is refused is replaced once, by one request for all', async () => {
    const client = fresh()
    await client.users.delete('usr_1')
    time.now += 60
    server.otherwise = (response, request) =>
      json(request.authorization === 'Bearer token-1' ? 401 : 200, {})(response, request)
    await Promise.all(Array.from({ length: 20 }, () => client.users.delete('usr_1')))
    expect([server.tokens.asked, server.received.length]).toEqual([2, 41])
  })

  it('that is refused while it is new is not asked for again', async () => {
    server.otherwise = json(401, { code: 16 })
    const client = fresh()
    for (let n = 0; n < 5; n++) {
      await expect(client.users.delete('usr_1')).rejects.toMatchObject({
        code: 'management_not_allowed',
        status: 500,
        providerStatus: 401,
      })
    }
    expect([server.tokens.asked, server.received.length]).toEqual([1, 5])
  })

  it('that Scalekit does not give for the secret is no outage', async () => {
    server.tokens.answer = json(401, { error: 'invalid_client', error_description: clientSecret })
    await expect(fresh().users.delete('usr_1')).rejects.toMatchObject({
      code: 'management_not_allowed',
      isRetryable: false,
    })
    expect([server.tokens.asked, server.received.length]).toEqual([1, 0])
  })

  it('whose request fails is asked for again, also for a POST: nothing was sent', async () => {
    server.tokens.answer = (response, request) => {
      server.tokens.answer = undefined
      json(503, {})(response, request)
    }
    server.otherwise = json(200, { user: { id: 'usr_1' } })
    const user = { email: 'ada@corp.example' }
    expect(await fresh().users.create({ organizationId: 'org_1' }, user)).toEqual({ id: 'usr_1' })
    expect([server.tokens.asked, server.received.length]).toEqual([2, 1])
  })
})

describe('organizations', () => {
  it('arrive with their metadata', async () => {
    server.otherwise = json(201, { organization: { id: 'org_1', metadata: { plan_name: 'x', planName: 'y' } } })
    const metadata = { plan_name: 'x', planName: 'y' }
    const made = await fresh().organizations.create({ displayName: 'Acme', externalId: 'acme', metadata })
    expect(server.received[0]?.body).toEqual({ display_name: 'Acme', external_id: 'acme', metadata })
    expect(made).toEqual({ id: 'org_1', metadata })
  })

  it('are not believed where the answer is about another one (protocol.md §15.8)', async () => {
    server.otherwise = json(200, { organization: { id: 'org_2', external_id: 'other' } })
    await expect(fresh().organizations.getByExternalId('acme')).rejects.toMatchObject({
      code: 'management_answer_invalid',
    })
    expect(server.received[0]?.target).toBe('/api/v1/organizations:external/acme')
  })

  it.each([
    'https://evil.example/magicLink/1',
    'javascript:alert(1)',
    '/magicLink/1',
    '//evil.example/magicLink',
    '',
    'data:text/html,x',
    'ORIGIN.evil.example/magicLink/1',
    'USER/magicLink/1',
  ])('SEC-322 a portal link to %j is refused', async (location) => {
    const { origin, host } = new URL(server.origin)
    const there = location.replace('ORIGIN', origin).replace('USER', `http://ada:secret@${host}`)
    server.otherwise = json(200, { link: { id: 'l', location: there } })
    await expect(fresh().organizations.portalLink('org_1')).rejects.toMatchObject({ code: 'management_answer_invalid' })
  })

  it('give a portal link on the origin of the environment, for some features', async () => {
    const link = { id: 'l', location: `${server.origin}/magicLink/1`, expire_time: '2026-01-01T00:00:00Z' }
    server.otherwise = json(200, { link })
    expect(await fresh().organizations.portalLink('org_1', { features: ['sso', 'dir_sync'] })).toEqual({
      id: 'l',
      location: link.location,
      expireTime: link.expire_time,
    })
    expect(server.received[0]).toMatchObject({
      method: 'PUT',
      target: '/api/v1/organizations/org_1/portal_links?features=sso&features=dir_sync',
    })
  })
})

describe('one organization is not all of them', () => {
  const nothing = undefined as unknown as string
  it.each<[string, (client: ManagementClient) => Promise<unknown>]>([
    ['users.list', (c) => c.users.list({ organizationId: nothing }).page()],
    ['users.search', (c) => c.users.search({ organizationId: nothing, query: 'ada' }).page()],
    ['connections.list', (c) => c.connections.list({ organizationId: nothing })],
    ['connections.listByDomain', (c) => c.connections.listByDomain({ domain: nothing })],
    ['organizations.list', (c) => c.organizations.list({ externalId: nothing }).page()],
    ['users.delete', (c) => c.users.delete(nothing)],
    ['sessions.revokeAll', (c) => c.sessions.revokeAll({ userId: nothing })],
  ])('%s of undefined is refused, and nothing is sent', async (_name, call) => {
    await expect(call(fresh())).rejects.toMatchObject({ code: 'management_request_invalid', status: 400 })
    expect([server.received.length, server.tokens.asked]).toEqual([0, 0])
  })
})

describe('users', () => {
  it.each([
    ['create', 'false'],
    ['invite', 'true'],
  ] as const)('%s always says whether mail is sent: %s', async (method, mail) => {
    server.otherwise = json(201, { user: { id: 'usr_1' } })
    const user = { email: 'ada@corp.example', membership: { roles: ['admin'] }, userProfile: { givenName: 'Ada' } }
    await fresh().users[method]({ organizationId: 'org_1' }, user)
    expect(server.received[0]?.target).toBe(`/api/v1/organizations/org_1/users?send_invitation_email=${mail}`)
    expect(server.received[0]?.body).toEqual({
      email: 'ada@corp.example',
      membership: { roles: [{ name: 'admin' }] },
      user_profile: { given_name: 'Ada' },
    })
  })
})

describe('memberships.update', () => {
  const key = { organizationId: 'org_1', userId: 'usr_1' }
  const membership = { organization_id: 'org_1', metadata: { seat_no: '7' } }
  const user = { user: { id: 'usr_1', memberships: [{ organization_id: 'org_0' }, membership] } }
  const roles = { roles: [{ name: 'admin' }, { name: 'editor' }] }
  const sent = () => server.received.filter(({ method }) => method === 'PATCH').map(({ body }) => body)

  it('keeps the roles it is not told about', async () => {
    server.answers.push(json(200, user), json(200, roles), json(200, user))
    await fresh().memberships.update(key, { metadata: { seat_no: '8' } })
    expect(sent()).toEqual([{ roles: [{ name: 'admin' }, { name: 'editor' }], metadata: { seat_no: '8' } }])
  })

  it('keeps the metadata it is not told about, also by the own id of the user', async () => {
    server.answers.push(json(200, user), json(200, user))
    await fresh().memberships.update({ organizationId: 'org_1', externalUserId: 'ada' }, { roles: ['viewer'] })
    expect(sent()).toEqual([{ roles: [{ name: 'viewer' }], metadata: { seat_no: '7' } }])
    expect(server.received.map(({ target }) => target)).toEqual([
      '/api/v1/users:external/ada',
      '/api/v1/memberships/organizations/org_1/users:external/ada',
    ])
  })

  it('takes roles away where it is told so', async () => {
    server.answers.push(json(200, user), json(200, user))
    await fresh().memberships.update(key, { roles: [] })
    expect(sent()).toEqual([{ roles: [], metadata: { seat_no: '7' } }])
  })

  it('reads nothing where both are given', async () => {
    server.answers.push(json(200, user))
    await fresh().memberships.update(key, { roles: ['viewer'], metadata: {} })
    expect([server.received.length, sent()]).toEqual([1, [{ roles: [{ name: 'viewer' }], metadata: {} }]])
  })

  it.each([
    ['the roles cannot be read', [json(200, user), json(403, {})], 'management_not_allowed'],
    ['there is no membership', [json(200, { user: { id: 'usr_1', memberships: [] } })], 'management_not_found'],
    ['there is no user', [json(404, {})], 'management_not_found'],
  ] as const)('changes nothing where %s', async (_label, answers, code) => {
    server.answers.push(...answers)
    await expect(fresh().memberships.update(key, { metadata: {} })).rejects.toMatchObject({ code })
    expect(sent()).toEqual([])
  })

  it('wants one id of the user', async () => {
    const both = { ...key, externalUserId: 'ada' } as never
    await expect(fresh().memberships.delete(both)).rejects.toMatchObject({ code: 'management_request_invalid' })
    await expect(fresh().memberships.delete({ organizationId: 'org_1' } as never)).rejects.toMatchObject({
      code: 'management_request_invalid',
    })
  })
})

describe('lists', () => {
  it('are walked over real pages', async () => {
    server.answers.push(
      json(200, { users: [{ id: 'usr_1' }, { id: 'usr_2' }], next_page_token: 'b' }),
      json(200, { users: [{ id: 'usr_3' }], next_page_token: '' }),
    )
    const ids: string[] = []
    for await (const { id } of fresh().users.list({ organizationId: 'org_1' })) ids.push(id)
    expect(ids).toEqual(['usr_1', 'usr_2', 'usr_3'])
    expect(server.received.map(({ target }) => target)).toEqual([
      '/api/v1/organizations/org_1/users?page_size=100',
      '/api/v1/organizations/org_1/users?page_size=100&page_token=b',
    ])
  })

  it('of domains are numbered by Scalekit, and walked alike', async () => {
    const domains = (from: number, count: number) =>
      json(200, { domains: Array.from({ length: count }, (_, n) => ({ id: `dom_${from + n}` })) })
    server.answers.push(domains(0, 2), domains(2, 2), domains(4, 0))
    const ids: string[] = []
    const listing = fresh().domains.list({ organizationId: 'org_1' }, { pageSize: 2 })
    for await (const { id } of listing) ids.push(id)
    expect(ids).toEqual(['dom_0', 'dom_1', 'dom_2', 'dom_3'])
    expect(server.received.map(({ target }) => new URL(target, server.origin).searchParams.get('page_number'))).toEqual(
      ['0', '1', '2'],
    )
  })

  it('give up with the signal of the walk', async () => {
    const controller = new AbortController()
    server.otherwise = json(200, { users: [{ id: 'usr_1' }], next_page_token: 'b' })
    const walk = async () => {
      for await (const _ of fresh().users.listAll({ signal: controller.signal })) controller.abort(new Error('enough'))
    }
    await expect(walk()).rejects.toThrow('enough')
    expect(server.received).toHaveLength(1)
  })
})

describe('errors', () => {
  const secrets = ['canary-client-secret', 'token-1', 'ada@corp.example', 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln']
  const shown = (error: unknown) => {
    const { message, stack } = error as Error
    return [message, stack, JSON.stringify(error), inspect(error, { depth: 9 }), String(error)].join('\n')
  }

  it('show no secret, token or address, whatever Scalekit says', async () => {
    const client = fresh({ retries: 0 })
    const canary = fc.constantFrom(...secrets)
    const body = fc.record({
      code: fc.oneof(fc.integer(), canary),
      message: canary,
      details: fc.array(
        fc.record({
          error_code: fc.oneof(canary, fc.constant('NOT_UNIQUE')),
          validation_error_info: fc.record({
            field_violations: fc.array(fc.record({ field: canary, description: canary })),
          }),
        }),
      ),
    })
    const statuses = fc.constantFrom(400, 401, 403, 404, 409, 429, 500, 503)
    await fc.assert(
      fc.asyncProperty(body, statuses, async (answer, status) => {
        server.otherwise = json(status, answer)
        const user = { email: 'ada@corp.example', metadata: { token: secrets[3] ?? '' } }
        const error = await client.users.create({ organizationId: 'org_1' }, user).catch((thrown) => thrown)
        expect(error.code).toMatch(/^management_/)
        for (const secret of secrets) expect(shown(error)).not.toContain(secret)
        expect(Object.keys(error)).not.toContain('providerMessage')
        expect(JSON.stringify(error.fields)).not.toMatch(/ada@|eyJ|canary/)
      }),
      { numRuns: 100 },
    )
  })

  it('show nothing of an error that fetch throws', async () => {
    const broken = async () => {
      throw Object.assign(new Error(`canary-client-secret`), { config: { data: clientSecret } })
    }
    const error = await fresh({ fetch: broken, retries: 0 })
      .users.delete('usr_1')
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'management_unavailable', isRetryable: true, providerStatus: undefined })
    expect(shown(error)).not.toContain(clientSecret)
    expect(error.cause).toBeUndefined()
  })

  it('say what Scalekit found wrong, to those who ask', async () => {
    const violation = { field: 'user_profile.given_name', constraint: 'max_len', description: 'at most 255 characters' }
    server.otherwise = json(400, {
      code: 3,
      message: 'ada@corp.example is no good',
      details: [
        {
          '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo',
          error_code: 'VALIDATION',
          validation_error_info: {
            field_violations: [violation, { field: 'a b', description: 'x ada@corp.example y' }],
          },
        },
      ],
    })
    const error = await fresh()
      .users.delete('usr_1')
      .catch((thrown) => thrown)
    expect(error).toMatchObject({
      name: 'ManagementError',
      code: 'management_rejected',
      status: 400,
      providerStatus: 400,
      errorCode: 'VALIDATION',
      isRetryable: false,
      providerMessage: 'ada@corp.example is no good',
    })
    expect(error.fields).toEqual([
      { field: 'user_profile.given_name', description: 'at most 255 characters' },
      { field: '…', description: 'x … y' },
    ])
  })

  it.each([
    [400, 'management_rejected', 400, false],
    [401, 'management_not_allowed', 500, false],
    [403, 'management_not_allowed', 500, false],
    [404, 'management_not_found', 404, false],
    [409, 'management_conflict', 409, false],
    [422, 'management_rejected', 400, false],
    [429, 'management_unavailable', 503, true],
    [500, 'management_unavailable', 503, true],
    [501, 'management_answer_invalid', 502, false],
    [504, 'management_unavailable', 503, true],
  ])('%i is %s, which an app answers by %i', async (answered, code, status, isRetryable) => {
    server.otherwise = json(answered, 'no object')
    const error = fresh({ retries: 0 }).users.delete('usr_1')
    await expect(error).rejects.toMatchObject({ code, status, providerStatus: answered, isRetryable, fields: [] })
  })

  it('say that nobody knows whether a lost POST was done, by being retryable and not retried', async () => {
    server.answers.push(reset)
    const error = fresh().sessions.revoke('ses_1')
    await expect(error).rejects.toMatchObject({ code: 'management_unavailable', isRetryable: true })
    expect(server.received).toHaveLength(1)
  })
})

describe('the client', () => {
  it('shows no secret when it is inspected', () => {
    expect(inspect(fresh(), { depth: 9, showHidden: true })).not.toContain('canary')
  })

  it('is frozen', () => expect(Object.isFrozen(fresh())).toBe(true))

  it.each(calls)('%s is refused by no check of arguments, and sends at least one request', async (_name, call) => {
    await call(fresh({ retries: 0 })).catch((error) => expect(error.code).not.toBe('management_request_invalid'))
    expect(server.received.length).toBeGreaterThan(0)
  })
})
