import { Browser, type Page, raw } from '@scalegate/testing/audits'
import { beforeEach, describe, expect, it } from 'vitest'
import { apiRoutes, machineToken } from '../support/api-routes.js'
import { frameworks } from '../support/app.js'
import { payloadOf } from '../support/forgery.js'
import { logIn, logOut, organizations, people } from '../support/journey.js'
import { problemOf } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

const compressed = [{ alg: 'dir', enc: 'A256GCM', zip: 'DEF' }, '', 'iv', 'text', 'tag']
  .map((part) => (typeof part === 'string' ? part : Buffer.from(JSON.stringify(part)).toString('base64url')))
  .join('.')

/** Attack list 4.E: who may call an API. */
describe.each(frameworks)('bearer guard on %s', (framework) => {
  const kept = { idToken: '' }
  const stage = useStage({
    framework,
    routes: apiRoutes,
    options: { onLogin: ({ tokens }) => void Object.assign(kept, { idToken: tokens.idToken }) },
  })
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  const call = (path: string, token: string) => new Browser().fetch(at(path), bearer(token))

  async function signedIn(user: string = people.ada, organization: string = organizations.acme) {
    const browser = new Browser()
    await logIn(browser, stage().app, { user, organization })
    return { browser, token: (await browser.fetch(at('/token'))).text }
  }

  /** A signed token that says something else in some claims; null leaves one out. */
  async function tokenBut(claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
    const { token } = await signedIn()
    const all = Object.entries({ ...payloadOf(token), ...claims }).filter(([, value]) => value !== null)
    return control().token({ claims: Object.fromEntries(all), header })
  }

  let good = ''
  beforeEach(async () => {
    good = (await signedIn()).token
    await stage().forget()
  })

  const headers: readonly (readonly [string, (token: string) => readonly string[]])[] = [
    ['Basic', (token) => [`Authorization: Basic ${Buffer.from(`a:${token}`).toString('base64')}`]],
    ['nothing after the scheme', () => ['Authorization: Bearer']],
    ['nothing after the space', () => ['Authorization: Bearer ']],
    ['nothing at all', () => ['Authorization:']],
    ['the token alone', (token) => [`Authorization: ${token}`]],
    ['two spaces', (token) => [`Authorization: Bearer  ${token}`]],
    ['a tab', (token) => [`Authorization: Bearer\t${token}`]],
    ['two tokens', (token) => [`Authorization: Bearer ${token} ${token}`]],
    ['a comma', (token) => [`Authorization: Bearer ${token}, Bearer ${token}`]],
    ['a parameter', (token) => [`Authorization: Bearer token="${token}"`]],
    ['percent', () => ['Authorization: Bearer %']],
    ['quotes', (token) => [`Authorization: Bearer "${token}"`]],
    ['another scheme that begins alike', (token) => [`Authorization: BearerX ${token}`]],
    ['DPoP', (token) => [`Authorization: DPoP ${token}`]],
    ['padding', (token) => [`Authorization: Bearer ${token}=`]],
    ['an octet that is no ASCII', (token) => [`Authorization: Bearer ${token}\xe9`]],
    ['SEC-156 a compressed and encrypted token', () => [`Authorization: Bearer ${compressed}`]],
    ['15 KB', () => [`Authorization: Bearer ${'a'.repeat(15_000)}`]],
    ['Proxy-Authorization', (token) => [`Proxy-Authorization: Bearer ${token}`]],
    ['X-Access-Token', (token) => [`X-Access-Token: ${token}`, `X-Forwarded-Access-Token: ${token}`]],
    ['two headers, the second one right', (token) => ['Authorization: Bearer x', `Authorization: Bearer ${token}`]],
    ['two headers, the first one right', (token) => [`Authorization: Bearer ${token}`, 'Authorization: Bearer x']],
    ['two headers, both right', (token) => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
  ]
  it.each(headers)('SEC-115 %s', async (label, lines) => {
    const answer = await raw(stage().app.origin, { target: '/api/user', headers: lines(good) })
    // Without the header nothing was tried, and RFC 6750 §3.1 names no error then.
    const other = ['Proxy-Authorization', 'X-Access-Token'].includes(label)
    expectUnauthorized(answer, other ? 'bearer_missing' : 'token_invalid')
  })

  it('SEC-115 the scheme in any case, and a header of 1 MB', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const answer = await raw(stage().app.origin, {
        target: '/api/user',
        headers: [`Authorization: ${scheme} ${good}`],
      })
      expect([scheme, answer.status]).toEqual([scheme, 200])
    }
    // Node's own limit on the head of a request stands before the kit.
    const huge = await raw(stage().app.origin, {
      target: '/api/user',
      headers: [`Authorization: Bearer ${'a'.repeat(1024 * 1024)}`],
    })
    expect(huge.status).toBe(431)
  })

  it('SEC-116 a token in the query, in a form, in a cookie', async () => {
    const browser = new Browser()
    for (const name of ['access_token', 'token', 'authorization', 'Bearer']) {
      expectUnauthorized(await browser.fetch(at(`/api/user?${name}=${good}`)), 'bearer_missing')
      const form = { [name]: good }
      expectUnauthorized(await browser.fetch(at('/api/user'), { form }), 'bearer_missing')
      expectUnauthorized(
        await browser.fetch(at('/api/user'), { headers: { cookie: `${name}=${good}` } }),
        'bearer_missing',
      )
    }
    const posted = await browser.fetch(at('/api/user'), { form: { access_token: 'x' }, ...bearer(good) })
    expect(posted.status).toBe(200)
  })

  it('a page load gets the same answer as a program, and no login', async () => {
    const page = await new Browser().navigate(at('/api/user'))
    expectUnauthorized(page, 'bearer_missing')
    expect(await stage().requests()).toEqual([])
  })

  it('SEC-117 tokens of other kinds', async () => {
    const logout = await control().logoutToken({ sub: people.ada })
    const portal = await control().idpInitiatedLogin({ organizationId: organizations.acme })
    for (const [label, token] of Object.entries({
      id: kept.idToken,
      logout: logout.logout_token,
      portal: portal.token,
    })) {
      expect([label, token.split('.').length]).toEqual([label, 3])
      expectUnauthorized(await call('/api/anybody', token), 'token_invalid')
    }
  })

  const claims: readonly (readonly [string, string, Record<string, unknown>, Record<string, unknown>])[] = [
    ['SEC-118 no exp', 'exp_missing', { exp: null }, {}],
    ['SEC-118 exp as text', 'exp', { exp: '9999999999' }, {}],
    ['SEC-118 an exp of long ago', 'expired', { exp: 1_600_000_000 }, {}],
    ['SEC-118 another issuer', 'iss', { iss: 'https://evil.example' }, {}],
    ['SEC-118 an issuer that begins like ours', 'iss', { iss: 'http://localhost' }, {}],
    ['SEC-118 no issuer', 'iss', { iss: null }, {}],
    ['SEC-118 another audience', 'aud', { aud: ['skc_other'] }, {}],
    ['SEC-118 no audience, and a client_id that is ours', 'aud', { aud: null }, {}],
    ['SEC-118 an empty list of audiences', 'aud', { aud: [] }, {}],
    ['SEC-118 an audience that begins like ours', 'aud', { aud: ['skc_10100000000000000'] }, {}],
    ['SEC-118 not yet', 'nbf', { nbf: 9_999_999_999 }, {}],
    ['SEC-118 no subject', 'sub', { sub: null }, {}],
    ['SEC-117 typ logout+jwt', 'typ', {}, { typ: 'logout+jwt' }],
    ['SEC-117 a logout event', 'events', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, {}],
    ['SEC-117 a nonce', 'nonce', { nonce: 'n' }, {}],
  ]
  it.each(rowsFor(framework, claims))('%s', async (_label, reason, changes, header) => {
    const token = await tokenBut(changes, header)
    stage().forgetEvents()
    expectUnauthorized(await call('/api/anybody', token), 'token_invalid')
    expect(stage().app.events).toMatchObject([{ type: 'bearer_refused', reason }])
  })

  it('SEC-119 a token and a cookie of two people are never one caller', async () => {
    const ada = await signedIn(people.ada)
    const max = await signedIn(people.max)
    const both = (path: string, token = max.token) => ada.browser.fetch(at(path), bearer(token))
    expect(JSON.parse((await both('/api/user')).text)).toMatchObject({ via: 'bearer', id: people.max })
    expect(JSON.parse((await both('/private')).text).user.id).toBe(people.ada)
    // Ada's permission is not lent to Max's token, nor Max's token to a page of Ada's.
    expect((await both('/sso')).status).toBe(200)
    expect(JSON.parse((await both('/api/or-session')).text)).toMatchObject({ via: 'bearer', id: people.max })
    expect(JSON.parse((await ada.browser.fetch(at('/api/or-session'))).text)).toMatchObject({
      via: 'session',
      id: people.ada,
    })
    // A token that is no good is not made good by the session beside it.
    for (const token of ['x', `${max.token}x`])
      expectUnauthorized(await both('/api/or-session', token), 'token_invalid')
    expectUnauthorized(await ada.browser.fetch(at('/api/user')), 'bearer_missing')
    expectUnauthorized(await new Browser().fetch(at('/api/or-session')), 'bearer_missing')
    expect((await new Browser().fetch(at('/private'), bearer(max.token))).status).toBe(401)
  })

  const scopes: readonly (readonly [string, Record<string, unknown>, boolean])[] = [
    ['a list', { scopes: ['x', 'projects:read'] }, true],
    ['text of several', { scope: 'x projects:read' }, true],
    ['an object', { scopes: { 'projects:read': true } }, false],
    ['a list in a list', { scopes: [['projects:read']] }, false],
    ['text in the place of the list', { scopes: 'projects:read' }, false],
    ['a list in the place of the text', { scope: ['projects:read'] }, false],
    ['something longer', { scope: 'projects:read:all' }, false],
    ['capitals', { scope: 'PROJECTS:READ' }, false],
    ['a star', { scopes: ['*', 'projects:*'] }, false],
    ['a permission of that name', { permissions: ['projects:read'], roles: ['projects:read'] }, false],
  ]
  it.each(rowsFor(framework, scopes))('SEC-120 scopes as %s', async (_label, changes, allowed) => {
    const answer = await call('/api/projects', await tokenBut({ scope: null, scopes: null, ...changes }))
    if (allowed) expect(answer.status).toBe(200)
    else {
      expectForbidden(answer, 'insufficient_scope')
      expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="projects:read"')
    }
  })

  it('SEC-121 machines and people each on their own routes', async () => {
    const machine = await machineToken(stage().emulator)
    expectForbidden(await call('/api/user', machine), 'caller_not_allowed')
    expectForbidden(await call('/api/or-session', machine), 'caller_not_allowed')
    expectForbidden(await call('/api/machine', good), 'caller_not_allowed')
    expect(JSON.parse((await call('/api/machine', machine)).text)).toMatchObject({
      via: 'bearer',
      kind: 'machine',
      organizationId: organizations.acme,
      scopes: ['projects:read'],
    })
    // No page of a person opens to it.
    expect((await call('/private', machine)).status).toBe(401)
    expectForbidden(await call('/api/members', machine), 'caller_not_allowed')
    expectForbidden(await call('/api/members', (await signedIn(people.gil)).token), 'forbidden')
    expect((await call('/api/members', good)).status).toBe(200)
  })

  it('SEC-122 the organization of the token', async () => {
    expect((await call('/api/acme', good)).status).toBe(200)
    const globex = await signedIn(people.bea, organizations.globex)
    expectForbidden(await call('/api/acme', globex.token), 'wrong_organization')
    expectForbidden(await call(`/api/acme?organization_id=${organizations.acme}`, globex.token), 'wrong_organization')
    for (const oid of [null, '', [organizations.acme], organizations.acme.toUpperCase()])
      expectForbidden(await call('/api/acme', await tokenBut({ oid })), 'wrong_organization')
    // The session of Acme in the same browser changes nothing.
    const ada = await signedIn()
    expectForbidden(await ada.browser.fetch(at('/api/acme'), bearer(globex.token)), 'wrong_organization')
  })

  it('SEC-128 a token that was verified lends nothing to one that looks like it', async () => {
    const [header, payload, signature = ''] = good.split('.')
    const other = await signedIn(people.max)
    expect((await call('/api/user', good)).status).toBe(200)
    const flipped = `${signature.slice(0, 20)}${signature[20] === 'A' ? 'B' : 'A'}${signature.slice(21)}`
    for (const token of [
      `${header}.${payload}.${flipped}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      `${header}.${payload}.${signature}AAAA`,
      `${header}.${other.token.split('.')[1]}.${signature}`,
      `${header}.${payload}.${other.token.split('.')[2]}`,
    ])
      expectUnauthorized(await call('/api/user', token), 'token_invalid')
    expect((await call('/api/user', good)).status).toBe(200)
  })

  it('SEC-140 SEC-209 a token whose session was ended here passes no more', async () => {
    const [ada, max, gil] = [await signedIn(people.ada), await signedIn(people.max), await signedIn(people.gil)]
    await logOut(ada.browser, stage().app)
    const { logout_token: notice } = await control().logoutToken({ sid: String(payloadOf(max.token).sid) })
    const delivered = await new Browser().navigate(at('/auth/backchannel-logout'), { form: { logout_token: notice } })
    expect(delivered.status).toBe(200)
    stage().forgetEvents()
    for (const { token } of [ada, max]) expectUnauthorized(await call('/api/user', token), 'token_invalid')
    expect(stage().app.events).toMatchObject(Array(2).fill({ type: 'bearer_refused', reason: 'revoked' }))
    expect((await call('/api/user', gil.token)).status).toBe(200)
  })

  it('SEC-194 a bad token refreshes nothing, with and without a session beside it', async () => {
    const ada = await signedIn()
    await stage().advance(299)
    await stage().forget()
    for (const browser of [new Browser(), ada.browser])
      for (const path of ['/api/user', '/api/or-session']) {
        const answer = await browser.fetch(at(path), bearer(`${good.slice(0, -8)}AAAAAAAA`))
        expectUnauthorized(answer, 'token_invalid')
      }
    expect(await stage().tokenCalls()).toBe(0)
  })

  it('the caller behind no guard is an error, and nobody', async () => {
    const page = await call('/api/unguarded', good)
    expect([page.status, page.text]).toEqual([500, 'app error page: guard_missing'])
    expect(stage().takeErrors()).toMatchObject([{ code: 'guard_missing' }])
  })

  it('says what was refused without a word of the token', async () => {
    await call('/api/user', `${good.slice(0, -8)}AAAAAAAA`)
    expect(stage().app.events).toMatchObject([{ type: 'bearer_refused', code: 'token_invalid', reason: 'signature' }])
    expect(JSON.stringify(stage().app.events)).not.toContain(good.split('.')[1])
  })

  function expectUnauthorized(answer: Pick<Page, 'status' | 'headers' | 'text'>, code: string): void {
    expect({ status: answer.status, ...problemOf(answer) }).toMatchObject({ status: 401, code })
    expectNothingElse(answer)
    expect(answer.headers.get('www-authenticate')).toBe(
      code === 'bearer_missing' ? 'Bearer' : 'Bearer error="invalid_token"',
    )
  }

  function expectForbidden(answer: Pick<Page, 'status' | 'headers' | 'text'>, code: string): void {
    expect({ status: answer.status, ...problemOf(answer) }).toMatchObject({ status: 403, code })
    expectNothingElse(answer)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope"/)
  }

  function expectNothingElse({ headers: got, text }: Pick<Page, 'headers' | 'text'>): void {
    expect([got.get('location'), got.getSetCookie()]).toEqual([null, []])
    expect(got.get('cache-control')).toContain('no-store')
    expect(text).not.toContain('eyJ')
  }
})
