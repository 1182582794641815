import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emit } from '../model/events.js'
import type { Session } from '../model/session.js'
import { createKeySet } from '../protocol/key-set.js'
import type { Provider } from '../protocol/provider.js'
import {
  accessClaims,
  clientId,
  createTestIssuer,
  createTestKey,
  idClaims,
  issuer,
  logoutClaims,
  now,
  type TestIssuer,
} from '../protocol/test/test-issuer.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import { type BearerAuthorization, type BearerGuard, createBearerGuard } from './bearer.js'
import { type BearerRequirement, bearerRequirement } from './bearer-requirement.js'

const api = 'https://api.example'

let test: TestIssuer
let guard: BearerGuard
let events: unknown[]

const emit: Emit = (type, details) => void events.push({ type, ...details })

beforeAll(async () => {
  test = await createTestIssuer()
})

beforeEach(() => {
  events = []
  guard = guardWith({})
})

/** Without marks of its own nobody's session has ended. */
function guardWith({ isRevoked = () => false, ...changes }: Partial<Provider & Pick<RevocationMarks, 'isRevoked'>>) {
  return createBearerGuard({
    provider: { ...test.provider, ...changes },
    marks: { isRevoked, consult: () => undefined },
    emit,
  })
}

/** A good access token for the API, with these claims changed; `undefined` leaves one out. */
const token = (changes: Record<string, unknown> = {}, header = {}) =>
  test.sign(accessClaims({ aud: [api], ...changes }), header)

/** Of a machine client, as protocol.md §12 has it. */
const machine = {
  sub: 'm2morg_1',
  client_id: 'm2morg_1',
  sid: undefined,
  roles: undefined,
  permissions: undefined,
  scope: undefined,
  scopes: ['projects:read'],
}

function ask(
  authorization: string | undefined,
  asked: Partial<BearerRequirement> = {},
  { url = '/projects', headers = {} }: { url?: string; headers?: Record<string, string> } = {},
): Promise<BearerAuthorization> {
  const all = authorization === undefined ? headers : { ...headers, authorization }
  const request = { method: 'GET', url, headers: new Headers(all) }
  return guard.authorize(request, bearerRequirement({ audience: api, ...asked }))
}

/** The status, the code and the challenge; of every refusal, that it is one for programs and that nobody keeps it. */
async function answer({ caller, refusal }: BearerAuthorization) {
  if (refusal === undefined) return [200, caller.id]
  const { headers, status } = refusal
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(headers.get('cache-control')).toContain('no-store')
  expect([headers.get('location'), headers.getSetCookie()]).toEqual([null, []])
  const { code } = (await refusal.clone().json()) as { code: string }
  return [status, code, headers.get('www-authenticate')]
}

const missing = [401, 'bearer_missing', 'Bearer']
const invalid = [401, 'token_invalid', 'Bearer error="invalid_token"']
const forbidden = (code: string) => [403, code, 'Bearer error="insufficient_scope"']

describe('the Authorization header', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('SEC-115 the scheme in any case: %s', async (scheme) => {
    expect(await answer(await ask(`${scheme} ${await token()}`))).toEqual([200, 'usr_1'])
    expect(events).toEqual([])
  })

  it.each<[string, (good: string) => string]>([
    ['Basic', () => 'Basic dTpw'],
    ['a good token under another scheme', (good) => `DPoP ${good}`],
    ['a scheme that only begins alike', (good) => `BearerX ${good}`],
    ['a scheme before it', (good) => `X Bearer ${good}`],
    ['nothing', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['the token alone', (good) => good],
    ['no space', (good) => `Bearer${good}`],
    ['two spaces', (good) => `Bearer  ${good}`],
    ['a tab', (good) => `Bearer\t${good}`],
    ['two tokens', (good) => `Bearer ${good} ${good}`],
    ['a comma', (good) => `Bearer ${good},`],
    ['a parameter', (good) => `Bearer token="${good}"`],
    ['percent', () => 'Bearer %'],
    ['a percent-encoded token', (good) => `Bearer ${good.replace('.', '%2E')}`],
    ['padding in the middle', (good) => `Bearer ${good.replace('.', '=.')}`],
    ['an octet that is no ASCII', (good) => `Bearer ${good}\xe9`],
  ])('SEC-115 %s is 401, and nothing is verified', async (_label, header) => {
    expect(await answer(await ask(header(await token())))).toEqual(invalid)
    expect(events).toEqual([{ type: 'bearer_refused', code: 'token_invalid', reason: 'malformed' }])
  })

  it('SEC-115 a line break after a good token, as a server with a lenient parser may pass on', async () => {
    const value = `Bearer ${await token()}\n`
    const request = { method: 'GET', url: '/', headers: { get: () => value } }
    expect(await answer(await guard.authorize(request, bearerRequirement({ audience: api })))).toEqual(invalid)
  })

  it('SEC-115 two headers are none, the same token twice as well', async () => {
    const good = await token()
    for (const second of [`Bearer ${good}`, 'Bearer x', 'Basic dTpw']) {
      const headers = new Headers({ authorization: `Bearer ${good}` })
      headers.append('authorization', second)
      const request = { method: 'GET', url: '/', headers }
      expect(await answer(await guard.authorize(request, bearerRequirement({ audience: api })))).toEqual(invalid)
    }
  })

  it.each([16_385, 1_000_000])('SEC-115 a token of %i characters is 401 before anything is decoded', async (length) => {
    expect(await answer(await ask(`Bearer ${'a'.repeat(length)}`))).toEqual(invalid)
    expect(events).toEqual([{ type: 'bearer_refused', code: 'token_invalid', reason: 'too_large' }])
  })

  it('SEC-115 a token as long as one may be is read', async () => {
    const filler = (length: number) => token({ plan: 'x'.repeat(length) })
    const spare = Math.floor(((16_384 - (await filler(0)).length) * 3) / 4)
    const longest = await filler(spare)
    expect(longest.length).toBeGreaterThan(16_380)
    expect(await answer(await ask(`Bearer ${longest}`))).toEqual([200, 'usr_1'])
  })

  it('SEC-116 a token in the query, a cookie or another header is not looked at', async () => {
    const good = await token()
    for (const name of ['access_token', 'token', 'authorization', 'Authorization'])
      expect(await answer(await ask(undefined, {}, { url: `/projects?${name}=Bearer%20${good}` }))).toEqual(missing)
    for (const name of ['proxy-authorization', 'x-access-token', 'x-authorization'])
      expect(await answer(await ask(undefined, {}, { headers: { [name]: `Bearer ${good}` } }))).toEqual(missing)
    expect(await answer(await ask(undefined, {}, { headers: { cookie: `access_token=${good}` } }))).toEqual(missing)
  })

  it('SEC-116 a body is not even touched', async () => {
    const body = new URLSearchParams({ access_token: await token() })
    const request = new Request('https://app.example/projects', { method: 'POST', body })
    expect(await answer(await guard.authorize(request, bearerRequirement({ audience: api })))).toEqual(missing)
    expect(request.bodyUsed).toBe(false)
  })

  it('SEC-309 without a token is 401, whatever is asked, and the challenge has no error (RFC 6750 §3.1)', async () => {
    const asked = { scopes: ['a'], permissions: ['b'], organizationId: 'org_2', callers: 'machine' } as const
    expect(await answer(await ask(undefined, asked))).toEqual(missing)
    expect(events).toEqual([{ type: 'bearer_refused', code: 'bearer_missing', reason: 'missing' }])
  })
})

describe('the access token', () => {
  it('says who calls, frozen all through', async () => {
    const { caller } = await ask(`Bearer ${await token({ plan: { seats: 5 }, permissions_extra: ['x'] })}`)
    expect(caller).toEqual({
      via: 'bearer',
      kind: 'user',
      id: 'usr_1',
      clientId,
      organizationId: 'org_1',
      scopes: ['openid', 'profile'],
      permissions: ['sk_org_users_read', 'invoices:read'],
      roles: ['admin'],
      // SEC-306
      claims: { plan: { seats: 5 }, permissions_extra: ['x'] },
      expiresAt: now + 300,
    })
    const { scopes, permissions, roles, claims } = caller!
    expect([caller, scopes, permissions, roles, claims, claims.plan].every(Object.isFrozen)).toBe(true)
    expect(JSON.parse(JSON.stringify(caller))).toEqual(caller)
  })

  it('has no member for what it does not say', async () => {
    const { caller } = await ask(`Bearer ${await token({ client_id: undefined, oid: undefined })}`)
    expect(Object.keys(caller!)).not.toContain('clientId')
    expect(Object.keys(caller!)).not.toContain('organizationId')
  })

  const idp = { iss: issuer, organization_id: 'org_1', connection_id: 'conn_1', login_hint: 'ada@corp.example' }
  it.each<[string, string, () => Promise<string>]>([
    ['SEC-117 an ID token', 'nonce', () => test.sign(idClaims({ aud: [api] }))],
    [
      'SEC-117 an ID token of a refresh',
      'at_hash',
      () => test.sign(idClaims({ aud: [api], nonce: undefined, at_hash: 'x' })),
    ],
    ['SEC-117 a logout token', 'events', () => test.sign(logoutClaims({ aud: [api] }))],
    ['SEC-117 a logout token by its type', 'typ', () => token({}, { typ: 'logout+jwt' })],
    ['SEC-117 an IdP-initiated login', 'aud', () => test.sign({ ...idp, iat: now, exp: now + 300, relay_state: '/x' })],
    // Undocumented, but should an audience be added one day: it still has no subject.
    [
      'SEC-117 an IdP-initiated login with an audience',
      'sub',
      () => test.sign({ ...idp, aud: [api], iat: now, exp: now + 300 }),
    ],
    ['SEC-118 no exp', 'exp_missing', () => token({ exp: undefined })],
    ['SEC-118 expired', 'expired', () => token({ exp: now - 60 })],
    ['SEC-118 another issuer', 'iss', () => token({ iss: 'https://evil.example' })],
    ['SEC-118 another audience', 'aud', () => token({ aud: ['https://other.example'] })],
    ['SEC-118 an audience that begins alike', 'aud', () => token({ aud: [`${api}/`, `${api}.evil.example`] })],
    ['SEC-118 no audience', 'aud', () => token({ aud: undefined })],
    // What sessions accept is no part of this requirement: the client id is in `aud` and in `client_id`.
    ['SEC-118 the audience of sessions', 'aud', () => token({ aud: [clientId] })],
    ['an unknown key', 'key_unknown', () => token({}, { kid: 'snk_2' })],
    ['no algorithm', 'alg', () => token({}, { alg: 'none' })],
  ])('%s is 401', async (_label, reason, made) => {
    expect(await answer(await ask(`Bearer ${await made()}`, { callers: 'any' }))).toEqual(invalid)
    expect(events).toEqual([{ type: 'bearer_refused', code: 'token_invalid', reason }])
  })

  it('is for one of several audiences', async () => {
    const audience = ['https://other.example', api]
    expect(await answer(await ask(`Bearer ${await token()}`, { audience }))).toEqual([200, 'usr_1'])
    expect(await answer(await ask(`Bearer ${await token()}`, { audience: audience.slice(0, 1) }))).toEqual(invalid)
  })

  it('SEC-128 lends nothing to one that looks like it, however often it was verified', async () => {
    const good = await token()
    const [header, payload, signature = ''] = good.split('.')
    const other = await token({ sub: 'usr_2' })
    const foreign = await test.sign(accessClaims({ aud: [api] }), {}, (await createTestKey('snk_1')).privateKey)
    const flipped = `${signature.slice(0, 20)}${signature[20] === 'A' ? 'B' : 'A'}${signature.slice(21)}`
    for (let round = 0; round < 3; round++) {
      expect(await answer(await ask(`Bearer ${good}`))).toEqual([200, 'usr_1'])
      expect(await answer(await ask(`Bearer ${other}`))).toEqual([200, 'usr_2'])
      for (const bad of [
        foreign,
        `${header}.${payload}.${flipped}`,
        `${header}.${payload}.${signature.slice(0, -4)}`,
        `${header}.${payload}.${other.split('.')[2]}`,
        `${header}.${other.split('.')[1]}.${signature}`,
      ])
        expect(await answer(await ask(`Bearer ${bad}`))).toEqual(invalid)
    }
  })

  it('of a session that was ended here is 401, by all that marks know it by', async () => {
    const asked: unknown[] = []
    guard = guardWith({ isRevoked: (session) => asked.push(session) > 0 })
    const revocable = { sid: 'ses_1', sub: 'usr_1', organizationId: 'org_1', loggedInAt: now }
    // One that does not say when it was issued is as old as can be.
    for (const [changes, expected] of [
      [{}, revocable],
      [{ iat: undefined }, { ...revocable, loggedInAt: 0 }],
    ] as const) {
      expect(await answer(await ask(`Bearer ${await token(changes)}`, { permissions: ['x'] }))).toEqual(invalid)
      expect(asked.at(-1)).toMatchObject(expected)
      expect(events.at(-1)).toEqual({ type: 'bearer_refused', code: 'token_invalid', reason: 'revoked' })
    }
  })

  it('is verified before anybody asks whether it was revoked', async () => {
    guard = guardWith({ isRevoked: () => expect.unreachable('asked about a forged token') })
    expect(await answer(await ask(`Bearer ${await token({ exp: now - 60 })}`))).toEqual(invalid)
  })

  it('says no without a word of the token, in the answer and in the events', async () => {
    const secret = await token({ sub: 'usr_canary', scope: 'canary', plan: 'canary' })
    const [, payload = '', signature = ''] = secret.split('.')
    const refusals = [
      await ask(`Bearer ${secret}x`),
      await ask(`Basic ${secret}`),
      await ask(`Bearer ${secret}`, { scopes: ['projects:read'] }),
      await ask(`Bearer ${secret}`, { organizationId: 'org_2' }),
    ]
    const told = await Promise.all(refusals.map(async ({ refusal }) => [await refusal?.text(), [...refusal!.headers]]))
    expect(events.length).toBe(4)
    for (const word of ['canary', payload, signature]) expect(JSON.stringify([told, events])).not.toContain(word)
  })
})

describe('who may', () => {
  it('SEC-121 users where users are asked for, machines where machines are', async () => {
    const user = `Bearer ${await token()}`
    const robot = `Bearer ${await token(machine)}`
    const table = [
      [user, undefined, [200, 'usr_1']],
      [user, 'user', [200, 'usr_1']],
      [user, 'any', [200, 'usr_1']],
      [user, 'machine', forbidden('caller_not_allowed')],
      [robot, undefined, forbidden('caller_not_allowed')],
      [robot, 'user', forbidden('caller_not_allowed')],
      [robot, 'any', [200, 'm2morg_1']],
      [robot, 'machine', [200, 'm2morg_1']],
    ] as const
    for (const [header, callers, expected] of table)
      expect(await answer(await ask(header, callers === undefined ? {} : { callers }))).toEqual(expected)
    expect(events).toContainEqual({ type: 'bearer_refused', code: 'caller_not_allowed', reason: 'machine' })
    expect(events).toContainEqual({ type: 'bearer_refused', code: 'caller_not_allowed', reason: 'user' })
  })

  it.each<[string, Record<string, unknown>, 'user' | 'machine']>([
    ['a machine client of an organization', machine, 'machine'],
    ['a machine without client_id', { ...machine, client_id: undefined }, 'machine'],
    ['a machine without organization', { ...machine, oid: undefined }, 'machine'],
    ['a client that is its own subject', { sub: clientId }, 'machine'],
    ['a user', {}, 'user'],
    ['a user without client_id', { client_id: undefined }, 'user'],
    ['the subject of modular SSO', { sub: 'conn_1;ada@corp.example' }, 'user'],
    ['a subject that holds m2m further on', { sub: 'usr_m2m' }, 'user'],
  ])('SEC-121 tells users and machines apart: %s', async (_label, changes, kind) => {
    expect((await ask(`Bearer ${await token(changes)}`, { callers: 'any' })).caller?.kind).toBe(kind)
  })

  it('SEC-122 SEC-308 the organization that was asked for, in exactly these characters', async () => {
    const of = async (oid: unknown) => answer(await ask(`Bearer ${await token({ oid })}`, { organizationId: 'org_1' }))
    expect(await of('org_1')).toEqual([200, 'usr_1'])
    for (const oid of ['org_2', 'ORG_1', 'org_1 ', 'org_', '', undefined, null, ['org_1'], { org_1: true }])
      expect(await of(oid)).toEqual(forbidden('wrong_organization'))
    expect(events).toContainEqual({ type: 'bearer_refused', code: 'wrong_organization', reason: 'oid' })
  })

  it('SEC-308 an organization that was computed and is nothing is no organization, and not any', async () => {
    for (const organizationId of [undefined, '', null] as unknown as string[])
      for (const oid of ['org_1', undefined, '']) {
        const computed = { ...bearerRequirement({ audience: api }), organizationId }
        const headers = new Headers({ authorization: `Bearer ${await token({ oid })}` })
        const given = await guard.authorize({ method: 'GET', url: '/', headers }, computed)
        expect(await answer(given)).toEqual(forbidden('wrong_organization'))
      }
  })

  it('tells each refusal by its first reason: kind, organization, scopes, permissions', async () => {
    const asked = { organizationId: 'org_1', scopes: ['a'], permissions: ['b'] }
    const code = async (claims: Record<string, unknown>) =>
      (await answer(await ask(`Bearer ${await token(claims)}`, asked)))[1]
    expect(await code({ ...machine, oid: 'org_2' })).toBe('caller_not_allowed')
    expect(await code({ oid: 'org_2' })).toBe('wrong_organization')
    expect(await code({})).toBe('insufficient_scope')
    expect(await code({ scope: 'a' })).toBe('forbidden')
    expect(await code({ scope: 'a', permissions: ['b'] })).toBe('usr_1')
  })
})

describe('scopes', () => {
  const lacking = [403, 'insufficient_scope', 'Bearer error="insufficient_scope", scope="projects:read"']

  it.each<[string, Record<string, unknown>, boolean]>([
    ['a text', { scope: 'a projects:read' }, true],
    ['a list', { scopes: ['a', 'projects:read'] }, true],
    ['both, where one has it', { scope: 'a', scopes: ['projects:read'] }, true],
    ['SEC-120 nothing', {}, false],
    ['SEC-120 a list in the place of the text', { scope: ['projects:read'] }, false],
    ['SEC-120 a text in the place of the list', { scopes: 'projects:read' }, false],
    ['SEC-120 an object', { scopes: { 'projects:read': true }, scope: { 'projects:read': true } }, false],
    ['SEC-297 a list in a list', { scopes: [['projects:read']] }, false],
    ['SEC-297 stars', { scopes: ['*', 'projects:*', '*:read'] }, false],
    ['SEC-298 capitals', { scope: 'PROJECTS:READ' }, false],
    ['SEC-298 a space in the list', { scopes: [' projects:read', 'projects:read '] }, false],
    ['SEC-298 a zero-width space', { scope: 'projects:read\u200b' }, false],
    ['SEC-298 a line break for a space', { scope: 'a\nprojects:read' }, false],
    ['SEC-299 something longer', { scope: 'projects:read:all xprojects:read' }, false],
    ['SEC-299 something shorter', { scope: 'projects' }, false],
    [
      'SEC-304 a permission and a role of that name',
      { permissions: ['projects:read'], roles: ['projects:read'] },
      false,
    ],
  ])('%s', async (_label, claims, allowed) => {
    const header = `Bearer ${await token({ scope: undefined, ...claims })}`
    expect(await answer(await ask(header, { scopes: ['projects:read'] }))).toEqual(allowed ? [200, 'usr_1'] : lacking)
  })

  it('each of them, and all of them are named', async () => {
    const header = `Bearer ${await token({ scope: 'projects:read' })}`
    const given = await ask(header, { scopes: ['projects:read', 'projects:write', 'c"d'] })
    expect(await answer(given)).toEqual([
      403,
      'insufficient_scope',
      'Bearer error="insufficient_scope", scope="projects:read projects:write"',
    ])
    expect(await given.refusal?.json()).toMatchObject({ scopes: ['projects:read', 'projects:write', 'c"d'] })
    expect(events).toEqual([{ type: 'bearer_refused', code: 'insufficient_scope', reason: 'scopes' }])
  })

  it.each(['__proto__', 'constructor', 'length', '0', 'toString'])(
    'SEC-301 nobody has %s by accident',
    async (name) => {
      const header = `Bearer ${await token()}`
      expect((await answer(await ask(header, { scopes: [name] })))[1]).toBe('insufficient_scope')
      expect((await answer(await ask(header, { permissions: [name] })))[1]).toBe('forbidden')
    },
  )
})

describe('permissions', () => {
  const invite = 'sk_org_users_invite'

  it.each<[string, Record<string, unknown>]>([
    ['SEC-295 nothing', { permissions: undefined }],
    ['SEC-295 null', { permissions: null }],
    ['SEC-295 empty text', { permissions: '' }],
    ['SEC-295 an object', { permissions: { [invite]: true } }],
    ['SEC-295 a number', { permissions: 1 }],
    ['SEC-295 true', { permissions: true }],
    ['SEC-296 text', { permissions: invite }],
    ['SEC-297 a list in a list', { permissions: [[invite]] }],
    ['SEC-297 stars', { permissions: ['*', 'sk_*', 'sk_org_*'] }],
    ['SEC-298 capitals', { permissions: ['SK_ORG_USERS_INVITE'] }],
    ['SEC-298 a space', { permissions: [` ${invite}`] }],
    ['SEC-298 a zero-width space', { permissions: [`${invite}\u200b`] }],
    ['SEC-299 a suffix, a prefix, a part', { permissions: [`${invite}_x`, `x${invite}`, 'sk_org_users'] }],
    ['SEC-304 a role and a scope of that name', { permissions: [], roles: [invite, 'admin'], scope: invite }],
    ['SEC-306 a custom claim that sounds alike', { permissions: [], permissions_extra: [invite] }],
  ])('%s is 403', async (_label, claims) => {
    const given = await ask(`Bearer ${await token(claims)}`, { permissions: [invite] })
    expect(await answer(given)).toEqual(forbidden('forbidden'))
    expect(await given.refusal?.json()).toMatchObject({ permissions: [invite] })
    expect(events).toEqual([{ type: 'bearer_refused', code: 'forbidden', reason: 'permissions' }])
  })

  it('SEC-305 are read from nothing else of the request', async () => {
    const header = `Bearer ${await token({ permissions: [] })}`
    const elsewhere = {
      url: `/projects?permissions=${invite}`,
      headers: { 'x-permissions': invite, permissions: invite },
    }
    expect((await answer(await ask(header, { permissions: [invite] }, elsewhere)))[1]).toBe('forbidden')
  })

  it('SEC-302 each of them', async () => {
    const header = `Bearer ${await token({ permissions: ['a', 'b'] })}`
    expect(await answer(await ask(header, { permissions: ['a', 'b'] }))).toEqual([200, 'usr_1'])
    expect((await answer(await ask(header, { permissions: ['a', 'c'] })))[1]).toBe('forbidden')
  })

  it('SEC-310 managing includes reading, and not the other way round', async () => {
    const holds = async (name: string) => `Bearer ${await token({ permissions: [name] })}`
    const [manage, read] = ['sk_org_sso_manage', 'sk_org_sso_read']
    expect(await answer(await ask(await holds(manage), { permissions: [read] }))).toEqual([200, 'usr_1'])
    expect((await answer(await ask(await holds(read), { permissions: [manage] })))[1]).toBe('forbidden')
  })
})

describe('keys that cannot be had', () => {
  it('SEC-124 are 503, and nothing against the caller', async () => {
    const fetch = async () => new Response('', { status: 500 })
    const keys = createKeySet({ url: async () => `${issuer}/keys`, fetch, clock: () => now, deadline: 1 })
    guard = guardWith({ keys })
    const { refusal } = await ask(`Bearer ${await token()}`)
    expect(await answer({ refusal: refusal! })).toEqual([503, 'keys_unavailable', null])
    expect(refusal?.headers.get('retry-after')).toBe('5')
    expect(events).toEqual([{ type: 'bearer_refused', code: 'keys_unavailable', reason: 'keys_unavailable' }])
  })

  it('any other error is the app’s to see', async () => {
    const keys = { find: async () => Promise.reject(new RangeError('a bug')) }
    guard = guardWith({ keys })
    await expect(ask(`Bearer ${await token()}`)).rejects.toThrow(RangeError)
  })

  it('SEC-126 1 000 requests at a cold start are one fetch', async () => {
    let fetches = 0
    const fetch = async () => {
      fetches += 1
      return Response.json({ keys: [test.jwk] })
    }
    const keys = createKeySet({ url: async () => `${issuer}/keys`, fetch, clock: () => now, deadline: 1 })
    guard = guardWith({ keys })
    const header = `Bearer ${await token()}`
    const all = await Promise.all(Array.from({ length: 1000 }, () => ask(header)))
    expect([all.every(({ caller }) => caller?.id === 'usr_1'), fetches]).toEqual([true, 1])
  })
})

describe('a session', () => {
  const session: Session = Object.freeze({
    user: { id: 'usr_1', email: 'ada@corp.example', emailVerified: true },
    organizationId: 'org_1',
    sid: 'ses_1',
    roles: ['member'],
    permissions: ['invoices:read', 'sk_org_sso_manage'],
    claims: { plan: 'paid' },
    loggedInAt: now,
    expiresAt: now + 3600,
    stale: false,
  }) as unknown as Session
  const may = (asked: Partial<BearerRequirement>, changes: Partial<Session> = {}) =>
    guard.authorizeSession({ ...session, ...changes }, bearerRequirement({ audience: api, orSession: true, ...asked }))

  it('is a caller of its own kind, without a word of the profile', () => {
    const { caller } = may({})
    expect(caller).toEqual({
      via: 'session',
      kind: 'user',
      id: 'usr_1',
      organizationId: 'org_1',
      scopes: [],
      permissions: ['invoices:read', 'sk_org_sso_manage'],
      roles: ['member'],
      claims: { plan: 'paid' },
      expiresAt: now + 3600,
    })
    expect([caller, caller?.scopes].every(Object.isFrozen)).toBe(true)
  })

  it('of no organization has no member for it', () => {
    const { organizationId: _none, ...rest } = session
    const { caller } = guard.authorizeSession(rest as Session, bearerRequirement({ audience: api, orSession: true }))
    expect(Object.keys(caller!)).not.toContain('organizationId')
  })

  it('is asked for the same things, and never has a scope', async () => {
    expect(may({ permissions: ['sk_org_sso_read'], organizationId: 'org_1', callers: 'any' }).caller).toBeDefined()
    expect(await answer(may({ scopes: ['a'] }))).toEqual([
      403,
      'insufficient_scope',
      'Bearer error="insufficient_scope", scope="a"',
    ])
    expect(await answer(may({ scopes: ['a'] }, { scopes: ['a'] } as never))).toContain('insufficient_scope')
    expect(await answer(may({ permissions: ['invoices:write'] }))).toEqual(forbidden('forbidden'))
    expect(await answer(may({ organizationId: 'org_2' }))).toEqual(forbidden('wrong_organization'))
    expect(await answer(may({ callers: 'machine' }))).toEqual(forbidden('caller_not_allowed'))
  })

  it('SEC-121 is a person, whatever its subject begins with', () => {
    expect(may({}, { user: { id: 'm2m_1', emailVerified: false } }).caller?.kind).toBe('user')
  })
})
