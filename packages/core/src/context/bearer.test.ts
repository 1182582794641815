import { describe, expect, it } from 'vitest'
import type { BearerAuthorization } from '../guards/bearer.js'
import { type BearerRequirement, bearerRequirement } from '../guards/bearer-requirement.js'
import { ada, type Bench, clientId, createBench } from '../test/fixture.js'
import type { Visit } from '../test/test-browser.js'

const api = 'https://api.example'
const machine = { sub: 'm2morg_1', client_id: 'm2morg_1', oid: 'org_1', scopes: ['projects:read'], aud: [api] }

const token = (bench: Bench, claims: Record<string, unknown> = {}, header = {}) =>
  bench.provider.sign(
    {
      iss: bench.provider.issuer,
      aud: [api],
      sub: 'usr_ada',
      client_id: clientId,
      oid: 'org_1',
      permissions: ['invoices:read', 'sk_org_settings_manage'],
      roles: ['member'],
      scope: 'projects:read profile',
      jti: 'tkn_1',
      iat: bench.now,
      nbf: bench.now,
      exp: bench.now + 300,
      ...claims,
    },
    header,
  )

async function ask(
  bench: Bench,
  authorization: string | undefined,
  asked: Partial<BearerRequirement> = {},
  browser = bench.browser(),
  visit: Visit = { as: 'fetch' },
): Promise<BearerAuthorization> {
  const headers = authorization === undefined ? {} : { authorization }
  const requirement = bearerRequirement({ audience: api, ...asked })
  return browser.page((context) => context.authorizeBearer(requirement), { ...visit, headers })
}

async function answer({ refusal, caller }: BearerAuthorization) {
  if (refusal === undefined) return { status: 200, caller }
  const { code } = (await refusal.clone().json()) as { code: string }
  return { status: refusal.status, code, challenge: refusal.headers.get('www-authenticate') }
}

describe('an access token as bearer', () => {
  it('says who calls', async () => {
    const bench = await createBench()
    const { caller } = await ask(bench, `Bearer ${await token(bench, { plan: 'paid' })}`)
    expect(caller).toEqual({
      via: 'bearer',
      kind: 'user',
      id: 'usr_ada',
      clientId,
      organizationId: 'org_1',
      scopes: ['projects:read', 'profile'],
      permissions: ['invoices:read', 'sk_org_settings_manage'],
      roles: ['member'],
      claims: { plan: 'paid' },
      expiresAt: bench.now + 300,
    })
    expect(Object.isFrozen(caller)).toBe(true)
  })

  it.each(['bearer', 'BEARER', 'Bearer'])('SEC-115 the scheme in any case: %s', async (scheme) => {
    const bench = await createBench()
    expect((await ask(bench, `${scheme} ${await token(bench)}`)).caller?.id).toBe('usr_ada')
  })

  it.each([
    ['another scheme', () => 'Basic dTpw'],
    ['the scheme alone', () => 'Bearer'],
    ['the scheme and a space', () => 'Bearer '],
    ['two spaces', (good: string) => `Bearer  ${good}`],
    ['two tokens', (good: string) => `Bearer ${good} ${good}`],
    ['two headers, as they are joined', (good: string) => `Bearer ${good}, Bearer ${good}`],
    ['what is no b64token', () => 'Bearer %'],
    ['a megabyte', () => `Bearer ${'a'.repeat(1_000_000)}`],
    ['no token of anybody', () => 'Bearer abc'],
  ])('SEC-115 %s is 401 and no exception', async (_, header) => {
    const bench = await createBench()
    expect(await answer(await ask(bench, header(await token(bench))))).toEqual({
      status: 401,
      code: 'token_invalid',
      challenge: 'Bearer error="invalid_token"',
    })
    expect(bench.provider.keyCalls.length).toBeLessThanOrEqual(1)
  })

  it('without credentials the challenge has no error code (RFC 6750 §3.1), and nobody is redirected', async () => {
    const bench = await createBench()
    const given = await ask(bench, undefined, {}, bench.browser(), { as: 'navigation' })
    expect(await answer(given)).toEqual({ status: 401, code: 'bearer_missing', challenge: 'Bearer' })
    expect(given.refusal?.headers.get('location')).toBe(null)
    expect(given.refusal?.headers.get('cache-control')).toContain('no-store')
    expect(bench.eventsOf('bearer_refused')).toEqual([
      { type: 'bearer_refused', at: bench.now, code: 'bearer_missing', reason: 'missing' },
    ])
  })

  it.each([
    ['SEC-117 an ID token', { nonce: 'n', at_hash: 'x', scope: undefined, permissions: undefined }, {}],
    ['SEC-117 a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, {}],
    ['SEC-117 the type of a logout token', {}, { typ: 'logout+jwt' }],
    [
      'SEC-117 the token of an IdP-initiated login',
      { aud: undefined, sub: undefined, organization_id: 'org_1', connection_id: 'conn_1' },
      {},
    ],
    ['SEC-118 no exp', { exp: undefined }, {}],
    ['SEC-118 another issuer', { iss: 'https://evil.example' }, {}],
    ['SEC-118 another audience', { aud: ['https://other.example'] }, {}],
    ['SEC-118 the audience of this client, which was not asked for', { aud: [clientId] }, {}],
    ['SEC-118 no audience', { aud: undefined }, {}],
    ['an expired one', { exp: 1 }, {}],
    ['one of the future', { nbf: 9_999_999_999 }, {}],
    ['no algorithm', {}, { alg: 'none' }],
    ['an unknown key', {}, { kid: 'snk_other' }],
  ])('%s is 401', async (_, claims, header) => {
    const bench = await createBench()
    const { status, code } = await answer(await ask(bench, `Bearer ${await token(bench, claims, header)}`))
    expect([status, code]).toEqual([401, 'token_invalid'])
  })

  it('of a session that Scalekit has ended does not pass until its end', async () => {
    const bench = await createBench()
    const header = `Bearer ${await token(bench, { sid: 'ses_ada_1' })}`
    expect((await ask(bench, header)).caller).toBeDefined()
    bench.now += 5
    await bench.backchannel({ sid: 'ses_ada_1', sub: undefined, iat: bench.now })
    expect(await answer(await ask(bench, header))).toMatchObject({ status: 401, code: 'token_invalid' })
    expect(bench.eventsOf('bearer_refused').at(-1)?.reason).toBe('revoked')
    bench.now += 1
    const later = `Bearer ${await token(bench, { sid: 'ses_ada_2' })}`
    expect((await ask(bench, later)).caller).toBeDefined()
  })

  it('SEC-116 is not looked for in the query', async () => {
    const bench = await createBench()
    const good = await token(bench)
    const given = await bench
      .browser()
      .page((context) => context.authorizeBearer(bearerRequirement({ audience: api })), {
        as: 'fetch',
        headers: { 'x-original-url': `/page?access_token=${good}` },
      })
    expect((await answer(given)).code).toBe('bearer_missing')
  })

  it('SEC-121 machines and users have routes of their own', async () => {
    const bench = await createBench()
    const [user, robot] = [
      `Bearer ${await token(bench)}`,
      `Bearer ${await token(bench, { ...machine, permissions: undefined, scope: undefined })}`,
    ]
    const own = await ask(bench, robot, { callers: 'machine', scopes: ['projects:read'] })
    expect(own.caller).toMatchObject({ kind: 'machine', id: 'm2morg_1', scopes: ['projects:read'] })
    for (const [header, asked] of [
      [robot, {}],
      [robot, { callers: 'user' }],
      [user, { callers: 'machine' }],
    ] as const) {
      expect(await answer(await ask(bench, header, asked))).toMatchObject({ status: 403, code: 'caller_not_allowed' })
    }
    for (const header of [user, robot]) expect((await ask(bench, header, { callers: 'any' })).caller).toBeDefined()
    // A client that asks for itself, whatever its name begins with.
    const itself = `Bearer ${await token(bench, { sub: clientId })}`
    expect((await answer(await ask(bench, itself))).code).toBe('caller_not_allowed')
  })

  it('SEC-122 SEC-308 is of the organization that was asked for', async () => {
    const bench = await createBench()
    const header = `Bearer ${await token(bench)}`
    expect((await ask(bench, header, { organizationId: 'org_1' })).caller).toBeDefined()
    expect((await answer(await ask(bench, header, { organizationId: 'org_2' }))).code).toBe('wrong_organization')
    const computed = { ...bearerRequirement({ audience: api }), organizationId: undefined }
    const given = await bench
      .browser()
      .page((context) => context.authorizeBearer(computed), { headers: { authorization: header } })
    expect((await answer(given)).code).toBe('wrong_organization')
  })

  it.each([
    ['a scope it lacks', {}, { scopes: ['projects:read', 'projects:write'] }, 'insufficient_scope'],
    [
      'SEC-120 scopes in one text',
      { scope: undefined, scopes: 'projects:read' },
      { scopes: ['projects:read'] },
      'insufficient_scope',
    ],
    ['SEC-297 a scope that is a star', { scope: '*' }, { scopes: ['projects:read'] }, 'insufficient_scope'],
    [
      'SEC-296 permissions in one text',
      { permissions: 'invoices:read' },
      { permissions: ['invoices:read'] },
      'forbidden',
    ],
    [
      'SEC-298 a permission in capitals',
      { permissions: ['INVOICES:READ'] },
      { permissions: ['invoices:read'] },
      'forbidden',
    ],
    [
      'SEC-304 a role of the name of a permission',
      { permissions: [], roles: ['invoices:read'] },
      { permissions: ['invoices:read'] },
      'forbidden',
    ],
  ])('%s is 403', async (_, claims, asked, code) => {
    const bench = await createBench()
    expect(await answer(await ask(bench, `Bearer ${await token(bench, claims)}`, asked))).toMatchObject({
      status: 403,
      code,
    })
  })

  it('SEC-310 managing includes reading, as for sessions', async () => {
    const bench = await createBench()
    const header = `Bearer ${await token(bench)}`
    expect((await ask(bench, header, { permissions: ['sk_org_settings_read'] })).caller).toBeDefined()
  })

  it('names the scopes that are missing (RFC 6750 §3), but none that would end the quotes', async () => {
    const bench = await createBench()
    const header = `Bearer ${await token(bench)}`
    const given = await answer(await ask(bench, header, { scopes: ['a:b', 'c"d', 'e\\f'] }))
    expect(given.challenge).toBe('Bearer error="insufficient_scope", scope="a:b"')
  })

  it('keys that cannot be had say nothing against anybody: 503', async () => {
    const bench = await createBench()
    bench.provider.behaviour.keysDown = true
    const { refusal } = await ask(bench, `Bearer ${await token(bench)}`)
    expect([refusal?.status, refusal?.headers.get('retry-after'), refusal?.headers.get('location')]).toEqual([
      503,
      '5',
      null,
    ])
  })

  it('SEC-126 a thousand at once load the keys once', async () => {
    const bench = await createBench()
    const header = `Bearer ${await token(bench)}`
    const all = await Promise.all(Array.from({ length: 1000 }, () => ask(bench, header)))
    expect([all.every(({ caller }) => caller?.id === 'usr_ada'), bench.provider.keyCalls.length]).toEqual([true, 1])
  })

  it('SEC-123 a flood of unknown keys causes two fetches at the most', async () => {
    const bench = await createBench()
    for (let number = 0; number < 200; number++)
      await ask(bench, `Bearer ${await token(bench, {}, { kid: `snk_x${number}` })}`)
    expect(bench.provider.keyCalls.length).toBeLessThanOrEqual(2)
    expect((await ask(bench, `Bearer ${await token(bench)}`)).caller).toBeDefined()
  })
})

describe('a session where an access token was expected', () => {
  it('is not taken unless asked for', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    expect((await answer(await ask(bench, undefined, {}, browser))).code).toBe('bearer_missing')
    const { caller } = await ask(bench, undefined, { orSession: true, permissions: ['invoices:read'] }, browser)
    expect(caller).toMatchObject({ via: 'session', kind: 'user', id: 'usr_ada', organizationId: 'org_1', scopes: [] })
  })

  it('SEC-119 never counts beside a token, good or bad', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const other = `Bearer ${await token(bench, { sub: 'usr_eve', permissions: [] })}`
    expect((await ask(bench, other, { orSession: true }, browser)).caller?.id).toBe('usr_eve')
    const asked = { orSession: true, permissions: ['invoices:read'] }
    expect((await answer(await ask(bench, other, asked, browser))).code).toBe('forbidden')
    expect((await answer(await ask(bench, 'Bearer nonsense', asked, browser))).code).toBe('token_invalid')
  })

  it('has no scopes, and is no machine', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const scoped = await ask(bench, undefined, { orSession: true, scopes: ['projects:read'] }, browser)
    expect((await answer(scoped)).code).toBe('insufficient_scope')
    const robot = await ask(bench, undefined, { orSession: true, callers: 'machine' }, browser)
    expect((await answer(robot)).code).toBe('caller_not_allowed')
  })

  it('of a stranger is 401, and no login', async () => {
    const bench = await createBench()
    const given = await ask(bench, undefined, { orSession: true }, bench.browser(), { as: 'navigation' })
    expect(await answer(given)).toMatchObject({ status: 401, code: 'bearer_missing' })
  })
})

describe('bearerRequirement', () => {
  it.each([
    ['SEC-300 nothing', {}],
    ['an empty audience', { audience: '' }],
    ['no audience in a list', { audience: [] }],
    ['SEC-300 no scopes in a list', { audience: api, scopes: [] }],
    ['a blank scope', { audience: api, scopes: [' '] }],
    ['SEC-300 no permissions in a list', { audience: api, permissions: [] }],
    ['SEC-300 a misspelt permission', { audience: api, permissions: ['sk_org_user_read'] }],
    ['SEC-303 an unknown key', { audience: api, scope: 'x' }],
    ['another kind of caller', { audience: api, callers: 'robot' }],
    ['an organization that is nothing', { audience: api, organizationId: undefined }],
    ['a word for true', { audience: api, orSession: 'yes' }],
  ])('cannot be made of %s', (_, asked) => {
    expect(() => bearerRequirement(asked as never)).toThrow(TypeError)
  })

  it('keeps its own copy', () => {
    const scopes = ['a']
    const made = bearerRequirement({ audience: api, scopes })
    scopes.length = 0
    expect([made.scopes, Object.isFrozen(made), Object.isFrozen(made.scopes)]).toEqual([['a'], true, true])
  })
})
