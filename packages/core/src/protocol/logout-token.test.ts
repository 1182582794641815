import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { verifyLogoutToken } from './logout-token.js'
import {
  accessClaims,
  clientId,
  createTestIssuer,
  createTestKey,
  createTestProvider,
  idClaims,
  issuer,
  logoutClaims,
  logoutEvent,
  type Members,
  now,
  type TestIssuer,
  withRaw,
} from './test/test-issuer.js'

type Rules = Parameters<typeof verifyLogoutToken>[2]

let test: TestIssuer

beforeAll(async () => {
  test = await createTestIssuer()
})

const usual: Rules = { typ: 'compat', expRequired: true }

/** `accepted`, or the reason of the refusal. */
async function verdict(claims: Members, header: Members = {}, rules = usual): Promise<string> {
  return verdictOf(await test.sign(claims, header), rules)
}

async function verdictOf(token: string, rules = usual): Promise<string> {
  try {
    await verifyLogoutToken(test.provider, token, rules)
    return 'accepted'
  } catch (error) {
    expect(error).toMatchObject({ name: 'TokenError', code: 'logout_token_invalid', status: 400 })
    return (error as { reason: string }).reason
  }
}

describe('verifyLogoutToken', () => {
  it('accepts the token of the standard and gives what the caller needs', async () => {
    const claims = await verifyLogoutToken(test.provider, await test.sign(logoutClaims(), { typ: 'logout+jwt' }), usual)
    expect(claims).toEqual({ iss: issuer, sub: 'usr_1', sid: 'ses_1', jti: 'jti_1', iat: now, exp: now + 120 })
    expect(Object.isFrozen(claims)).toBe(true)
  })

  it.each<[string, Record<string, unknown>, string[]]>([
    ['sid only', { sub: undefined }, ['exp', 'iat', 'iss', 'jti', 'sid']],
    ['sub only', { sid: undefined }, ['exp', 'iat', 'iss', 'jti', 'sub']],
  ])('SEC-233 SEC-234 accepts %s and adds nothing', async (_label, change, names) => {
    const claims = await verifyLogoutToken(test.provider, await test.sign(logoutClaims(change)), usual)
    expect(Object.keys(claims).sort()).toEqual(names)
  })

  it.each<[string, Record<string, unknown>]>([
    ['an unknown claim', { ignored_claim: 'x' }],
    ['more in the event', { events: { [logoutEvent]: { reason: 'x' }, 'urn:other': true } }],
    ['a single audience', { aud: clientId }],
    ['others told beside us', { aud: ['other', clientId] }],
    ['a sid of 10 KB with NUL', { sid: `a:*\u0000${'x'.repeat(10_000)}` }],
  ])('SEC-217 SEC-243 accepts %s', async (_label, change) => {
    expect(await verdict(logoutClaims(change))).toBe('accepted')
  })

  it.each<[string, unknown, string, string]>([
    ['logout+jwt', 'logout+jwt', 'accepted', 'accepted'],
    ['LOGOUT+JWT', 'LOGOUT+JWT', 'accepted', 'accepted'],
    ['application/logout+jwt', 'application/logout+jwt', 'accepted', 'accepted'],
    ['JWT', 'JWT', 'accepted', 'typ'],
    ['absent, as in the conformance suite', undefined, 'accepted', 'typ'],
    ['at+jwt', 'at+jwt', 'typ', 'typ'],
    ['secevent+jwt', 'secevent+jwt', 'typ', 'typ'],
    ['null', null, 'typ', 'typ'],
  ])('judges a typ of %s', async (_label, typ, compat, strict) => {
    expect(await verdict(logoutClaims(), { typ })).toBe(compat)
    expect(await verdict(logoutClaims(), { typ }, { typ: 'strict', expRequired: true })).toBe(strict)
  })

  it('SEC-218 SEC-219 refuses none, HS256 and ES256', async () => {
    for (const alg of ['none', 'HS256', 'ES256']) expect(await verdict(logoutClaims(), { alg })).toBe('alg')
    const [header, payload] = (await test.sign(logoutClaims(), { alg: 'none' })).split('.')
    expect(await verdictOf(`${header}.${payload}.`)).toBe('malformed')
  })

  it('SEC-220 refuses a bad signature and an unknown key', async () => {
    const { privateKey } = await createTestKey('snk_2')
    expect(await verdictOf(await test.sign(logoutClaims(), {}, privateKey))).toBe('signature')
    expect(await verdict(logoutClaims(), { kid: 'snk_2' })).toBe('key_unknown')
  })

  it('SEC-221 refuses an encrypted token', async () => {
    expect(await verdictOf(`${await test.sign(logoutClaims())}.AA.AA`)).toBe('malformed')
  })

  it.each(['https://evil.example', `${issuer}/`, [issuer], null, undefined])(
    'SEC-222 refuses an iss of %j',
    async (iss) => {
      expect(await verdict(logoutClaims({ iss }))).toBe('iss')
    },
  )

  it.each([`${clientId}INVALID`, ['other'], [], [7, clientId], null, undefined])(
    'SEC-223 SEC-241 refuses an aud of %j',
    async (aud) => {
      expect(await verdict(logoutClaims({ aud }))).toBe('aud')
    },
  )

  it.each<[string, unknown, string]>([
    ['absent', undefined, 'iat'],
    ['at the skew', now + 60, 'accepted'],
    ['more than 60 s in the future', now + 61, 'iat'],
    ['ten minutes old', now - 600, 'accepted'],
    ['older than ten minutes', now - 601, 'iat'],
    ['a string', String(now), 'iat'],
    ['null', null, 'iat'],
  ])('SEC-224 judges an iat %s', async (_label, iat, expected) => {
    expect(await verdict(logoutClaims({ iat }))).toBe(expected)
  })

  it.each<[string, unknown, string, string]>([
    ['absent', undefined, 'exp_missing', 'accepted'],
    ['past', now - 60, 'expired', 'expired'],
    ['within the skew', now - 59, 'accepted', 'accepted'],
    ['ten minutes ahead', now + 660, 'accepted', 'accepted'],
    ['further ahead', now + 661, 'exp', 'exp'],
    ['a string', '1800000100', 'exp', 'exp'],
    ['null', null, 'exp', 'exp'],
  ])('SEC-225 judges an exp %s', async (_label, exp, required, optional) => {
    expect(await verdict(logoutClaims({ exp }))).toBe(required)
    expect(await verdict(logoutClaims({ exp }), {}, { typ: 'compat', expRequired: false })).toBe(optional)
  })

  it('SEC-225 gives the end of the window where a token has no exp and needs none', async () => {
    const token = await test.sign(logoutClaims({ exp: undefined, iat: now - 100 }))
    const claims = await verifyLogoutToken(test.provider, token, { typ: 'compat', expRequired: false })
    expect(claims.exp).toBe(now + 500)
  })

  it.each([
    ['exp', '1e999'],
    ['iat', '1e999'],
  ])('SEC-225 refuses infinity in %s', async (name, text) => {
    expect(await verdict(withRaw(logoutClaims(), name, text))).toBe(name)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['neither', { sub: undefined, sid: undefined }, 'sub_sid_missing'],
    ['an empty sid', { sid: '' }, 'sid'],
    ['a sid of null', { sid: null }, 'sid'],
    ['a sid that is a number', { sid: 7, sub: undefined }, 'sid'],
    ['an empty sub', { sub: '' }, 'sub'],
    ['a sub of null', { sub: null }, 'sub'],
    ['a sub that is an array', { sub: ['usr_1'], sid: undefined }, 'sub'],
  ])('SEC-226 refuses %s', async (_label, change, reason) => {
    expect(await verdict(logoutClaims(change))).toBe(reason)
  })

  it.each([
    undefined,
    null,
    {},
    [],
    logoutEvent,
    [logoutEvent],
    { 'http://schemas.openid.net/event/foobar': {} },
    { [logoutEvent]: true },
    { [logoutEvent]: [] },
    { [logoutEvent]: null },
    { [logoutEvent]: 'x' },
  ])('SEC-227 refuses events of %j', async (events) => {
    expect(await verdict(logoutClaims({ events }))).toBe('events')
  })

  it('SEC-227 takes no event from a prototype', async () => {
    expect(await verdict(withRaw(logoutClaims(), 'events', `{"__proto__":{"${logoutEvent}":{}}}`))).toBe('events')
  })

  it.each(['x', '', null, 0])('SEC-228 refuses a nonce of %j', async (nonce) => {
    expect(await verdict(logoutClaims({ nonce }))).toBe('nonce')
  })

  it.each([undefined, '', null, 7, ['jti_1']])('SEC-229 refuses a jti of %j', async (jti) => {
    expect(await verdict(logoutClaims({ jti }))).toBe('jti')
  })

  it.each([
    ['an ID token', idClaims({ exp: now + 300 }), 'events'],
    ['an ID token with the event', idClaims({ exp: now + 300, events: { [logoutEvent]: {} } }), 'nonce'],
    ['an access token', accessClaims(), 'events'],
  ])('SEC-230 refuses %s', async (_label, claims, reason) => {
    expect(await verdict(claims)).toBe(reason)
  })

  it('SEC-239 an outage of the key set is its own error', async () => {
    const keys = { find: async () => Promise.reject(new Error('down')) }
    const attempt = verifyLogoutToken(createTestProvider([], { keys }), await test.sign(logoutClaims()), usual)
    await expect(attempt).rejects.toThrow('down')
  })
})

describe('F11', () => {
  const junk = fc.constantFrom<unknown>(undefined, null, '', 'x', 0, -1, now, now + 700, true, [], [7], {}, { a: 1 })
  const name = fc.constantFrom('iss', 'aud', 'iat', 'exp', 'sub', 'sid', 'events', 'nonce', 'jti', 'extra')
  const typ = fc.constantFrom<unknown>(undefined, 'JWT', 'logout+jwt', 'at+jwt', 7)
  const mutation = fc.record({ name, value: junk })

  it('accepts a mutated token exactly where the standard does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutation, { maxLength: 3 }),
        typ,
        fc.constantFrom<Rules['typ']>('compat', 'strict'),
        fc.boolean(),
        async (mutations, typ, typRule, expRequired) => {
          const claims = logoutClaims(Object.fromEntries(mutations.map(({ name, value }) => [name, value])))
          const wire = JSON.parse(JSON.stringify(claims)) as Record<string, unknown>
          const expected = isLogoutToken(wire, typ, { typ: typRule, expRequired })
          expect(await verdict(claims, { typ }, { typ: typRule, expRequired })).toSatisfy(
            (result: string) => (result === 'accepted') === expected,
          )
        },
      ),
      { numRuns: 1000 },
    )
  })
})

/** Back-Channel Logout §2.4 and §2.6, written down again without a look at the code. */
function isLogoutToken(claims: Record<string, unknown>, typ: unknown, rules: Rules): boolean {
  const has = (name: string) => Object.keys(claims).includes(name)
  const isText = (value: unknown) => typeof value === 'string' && value.length > 0
  const isNumber = (value: unknown): value is number => typeof value === 'number'
  const types = rules.typ === 'strict' ? ['logout+jwt'] : ['JWT', 'logout+jwt', undefined]
  const audience = [claims.aud].flat()
  const event = (claims.events as Record<string, unknown> | null | undefined)?.[logoutEvent]
  return (
    types.includes(typ as string) &&
    claims.iss === issuer &&
    audience.every((member) => typeof member === 'string') &&
    audience.includes(clientId) &&
    isNumber(claims.iat) &&
    Math.abs(claims.iat - (now - 270)) <= 330 &&
    (has('exp') ? isNumber(claims.exp) && claims.exp > now - 60 && claims.exp <= now + 660 : !rules.expRequired) &&
    (has('sub') || has('sid')) &&
    (!has('sub') || isText(claims.sub)) &&
    (!has('sid') || isText(claims.sid)) &&
    typeof event === 'object' &&
    event !== null &&
    !Array.isArray(event) &&
    !has('nonce') &&
    isText(claims.jti)
  )
}
