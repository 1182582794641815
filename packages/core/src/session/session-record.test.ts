import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessClaims, encodeMembers, idClaims } from '../protocol/test/test-issuer.js'
import { openRecord, revocable, sessionOf } from './session-record.js'

const jwt = (claims: Readonly<Record<string, unknown>> | string) =>
  `${encodeMembers({ alg: 'RS256' })}.${encodeMembers(claims)}.AAAA`

const record = (changes: Readonly<Record<string, unknown>> = {}) => ({
  v: 1,
  id: 'a'.repeat(43),
  accessToken: jwt(accessClaims()),
  idToken: jwt(idClaims()),
  refreshToken: 'rt',
  accessTokenExpiresAt: 10,
  loggedInAt: 1,
  confirmedAt: 1,
  seenAt: 1,
  expiresAt: 100,
  ...changes,
})

const withAccess = (claims: Readonly<Record<string, unknown>>) =>
  sessionOf(openRecord(record({ accessToken: jwt(accessClaims(claims)) }))!)

describe('openRecord', () => {
  it('opens its own shape and drops what it does not know', () => {
    expect(openRecord(record({ extra: 1, __proto__: { x: 1 } }))?.record).toEqual(record())
  })

  it.each([
    ['SEC-159 an error object', { message: 'x', error: 'y' }],
    ['null', null],
    ['text', 'session'],
    ['SEC-155 an id of another form', record({ id: 'x' })],
    ['SEC-155 an instant that is text', record({ expiresAt: '9' })],
    ['SEC-155 an instant that is no whole number', record({ seenAt: 1.5 })],
    ['SEC-155 an instant that is infinite', record({ expiresAt: Number.POSITIVE_INFINITY })],
    ['SEC-155 permissions that are an object', record({ permissions: {} })],
    ['SEC-155 permissions that hold numbers', record({ permissions: [1] })],
    ['SEC-139 another version', record({ v: 2 })],
    ['an access token that is none', record({ accessToken: 'x' })],
    ['an ID token that is none', record({ idToken: 'a.b.c' })],
    ['an ID token without subject', record({ idToken: jwt(idClaims({ sub: undefined })) })],
    [
      'a transaction',
      { v: 1, state: 'a'.repeat(43), nonce: 'b'.repeat(43), verifier: 'c'.repeat(43), returnTo: '/', startedAt: 1 },
    ],
  ])('refuses %s', (_label, data) => {
    expect(openRecord(data)).toBeUndefined()
  })

  it('SEC-154 never throws and never reaches a prototype, whatever was sealed', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (data) => {
        expect(openRecord(data)).toBeUndefined()
        expect(({} as Record<string, unknown>).x).toBeUndefined()
      }),
    )
  })
})

describe('sessionOf', () => {
  it.each([
    ['SEC-295 nothing', undefined],
    ['SEC-295 null', null],
    ['SEC-295 empty text', ''],
    ['SEC-295 an object', { 0: 'sk_org_users_invite' }],
    ['SEC-295 a number', 1],
    ['SEC-295 true', true],
    ['SEC-296 text', 'sk_org_users_invite'],
    ['SEC-297 nested lists', [['sk_org_users_invite']]],
    ['SEC-297 no strings', [1, null, { a: 1 }, '']],
  ])('permissions that are %s are none', (_label, permissions) => {
    expect(withAccess({ permissions }).permissions).toEqual([])
    expect(withAccess({ roles: permissions }).roles).toEqual([])
  })

  it('SEC-305 permissions and roles come from the access token only', () => {
    const opened = openRecord(
      record({
        accessToken: jwt(accessClaims({ permissions: [], roles: [] })),
        idToken: jwt(idClaims({ permissions: ['sk_org_sso_manage'], roles: ['admin'], scope: 'x' })),
      }),
    )!
    expect([sessionOf(opened).permissions, sessionOf(opened).roles]).toEqual([[], []])
  })

  it('takes those of a permission source before those of the token', () => {
    expect(sessionOf(openRecord(record({ permissions: ['a'] }))!).permissions).toEqual(['a'])
    expect(sessionOf(openRecord(record({ permissions: [] }))!).permissions).toEqual([])
  })

  it('SEC-306 custom claims are those that nobody has registered', () => {
    const session = withAccess({
      plan: 'paid',
      permissions_extra: ['admin'],
      xoid: 'ext',
      xuid: 'ext',
      typ: 'x',
      permissions: ['a'],
    })
    expect(session.claims).toEqual({ plan: 'paid', permissions_extra: ['admin'] })
    expect(session.permissions).toEqual(['a'])
  })

  it('SEC-154 a claim by the name of a prototype is a claim like any other', () => {
    const text = JSON.stringify(accessClaims({ plan: 1 })).replace('"plan":1', '"__proto__":{"admin":true}')
    const session = sessionOf(openRecord(record({ accessToken: jwt(text) }))!)
    expect((session.claims as { admin?: boolean }).admin).toBeUndefined()
    expect(Object.getPrototypeOf(session.claims)).toBe(Object.prototype)
  })

  it('is frozen all through: a page cannot change what the next request reads', () => {
    const opened = openRecord(record({ accessToken: jwt(accessClaims({ limits: { seats: [5] } })) }))!
    const session = sessionOf(opened) as unknown as { claims: { limits: { seats: number[] } }; user: { id: string } }
    expect(() => session.claims.limits.seats.push(6)).toThrow(TypeError)
    expect(() => Object.assign(session.claims.limits, { seats: [] })).toThrow(TypeError)
    expect(() => Object.assign(session.user, { id: 'x' })).toThrow(TypeError)
    expect(sessionOf(opened).claims).toEqual({ limits: { seats: [5] } })
  })

  it('holds no token and survives JSON', () => {
    const session = sessionOf(openRecord(record())!)
    expect(JSON.parse(JSON.stringify(session))).toEqual(session)
    expect(JSON.stringify(session)).not.toMatch(/eyJ|"rt"/)
  })

  it('in modular SSO only the ID token names organization and session', () => {
    const opened = openRecord(record({ accessToken: jwt(accessClaims({ oid: undefined, sid: undefined })) }))!
    expect(sessionOf(opened)).toMatchObject({ organizationId: 'org_1', sid: 'ses_1' })
    expect(revocable(opened)).toEqual({
      id: 'a'.repeat(43),
      confirmedAt: 1,
      sid: 'ses_1',
      sub: 'usr_1',
      organizationId: 'org_1',
      loggedInAt: 1,
    })
  })

  it.each([
    [true, true],
    ['true', false],
    [1, false],
    [undefined, false],
  ])('an address is verified only where the claim is exactly true (%j)', (email_verified, expected) => {
    const session = sessionOf(openRecord(record({ idToken: jwt(idClaims({ email_verified })) }))!)
    expect(session.user.emailVerified).toBe(expected)
  })
})
