import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, organizations, startBench } from '../test/bench.js'
import { Visitor } from '../test/visitor.js'
import { sso } from './sso.js'

let bench: Bench<readonly [ReturnType<typeof sso>]>
beforeAll(async () => {
  bench = await startBench([sso({ otherwise: '/login/password', remember: 0 })])
})
afterAll(() => bench.stop())
const ask = async (json: object) => bench.call(new Visitor(), '/auth/sso', { method: 'POST', json })

describe('discovery', () => {
  it('knows the domains of organizations with a connection, exactly', async () => {
    expect(await bench.auth.sso.hasSso('anybody@example.com')).toBe(true)
    expect(await bench.auth.sso.hasSso('anybody@EXAMPLE.com')).toBe(true)
    expect(await bench.auth.sso.hasSso('anybody@mail.example.com')).toBe(false)
    expect(await bench.auth.sso.hasSso('anybody@nowhere.test')).toBe(false)
    expect(await bench.auth.sso.hasSso('no address')).toBe(false)
    expect(await bench.auth.sso.discover('a@example.com')).toEqual({
      sso: true,
      connectionId: 'conn_103000000000000001',
      organizationId: organizations.acme,
    })
  })

  it('is remembered as long as it says', async () => {
    const remembering = await startBench([sso({ remember: 60 })])
    await remembering.upstream()
    for (let n = 0; n < 3; n++) await remembering.auth.sso.hasSso('a@example.com')
    expect(await remembering.upstream()).toHaveLength(1)
    await remembering.stop()
  })
})

describe('POST sso', () => {
  it('leads somebody with single sign-on to the login, all the way to the session', async () => {
    const visitor = new Visitor()
    const form = { email: 'new@example.com', return_to: '/projects' }
    const { url } = await visitor.open(`${bench.origin}/auth/sso`, { form })
    // The customer's identity provider, simulated.
    expect(url.href).toMatch(new RegExp(`^${bench.emulator.url}/`))
    expect((await ask({ email: 'new@example.com', return_to: '/projects' })).body).toEqual({
      sso: true,
      login_url: `${bench.origin}/auth/login?login_hint=new%40example.com&return_to=%2Fprojects`,
    })
  })

  it('leads others to the other login of the app, without their address', async () => {
    expect((await ask({ email: 'max@nowhere.test', return_to: '/projects' })).body).toEqual({
      sso: false,
      login_url: `${bench.origin}/login/password?return_to=%2Fprojects`,
    })
  })

  it.each([
    [{ connection_id: 'conn_1', organization_id: undefined, domain: 'example.com' }, 'connection_id=conn_1'],
    [{ domain: 'example.com' }, 'domain=example.com'],
    [{ provider: 'google', connection_id: 'conn_1' }, 'provider=google'],
    [{ connection_id: 'conn_1', email: 'a@example.com' }, 'connection_id=conn_1&login_hint=a%40example.com'],
  ])('takes the strongest of %j', async (json, query) => {
    expect((await ask(json)).body.login_url).toBe(`${bench.origin}/auth/login?${query}`)
  })

  it.each([
    [{}, 'email_invalid'],
    [{ email: 'x' }, 'email_invalid'],
    [{ email: 'a@b.test\nBcc: c@d.test' }, 'email_invalid'],
    [{ connection_id: '../x' }, 'selector_invalid'],
    [{ domain: 'evil.example/x' }, 'selector_invalid'],
    [{ email: ['a@example.com', 'b@example.com'] }, 'fields_invalid'],
  ])('refuses %j', async (json, code) => {
    await bench.upstream()
    const { status, body } = await ask(json)
    expect([status, body.code]).toEqual([400, code])
    expect(await bench.upstream()).toEqual([])
  })

  it('keeps nobody from logging in, however many ask: Scalekit looks for itself', async () => {
    const busy = await startBench([sso({ otherwise: '/login/password' })])
    const enter = async (domain: string) =>
      (await busy.call(new Visitor(), '/auth/sso', { method: 'POST', json: { email: `a@${domain}` } })).body
    expect(await enter('example.com')).toMatchObject({ sso: true })
    await busy.emulator.control.addFault({ endpoint: 'api', kind: 'body', body: '{"connections":[]}', times: 0 })
    for (let n = 0; n < 299; n++) await enter(`nowhere-${n}.test`)
    await busy.upstream()
    expect(await enter('late.test')).toEqual({
      sso: null,
      login_url: `${busy.origin}/auth/login?login_hint=a%40late.test`,
    })
    // What is known is known.
    expect(await enter('example.com')).toMatchObject({ sso: true })
    expect(await busy.upstream()).toEqual([])
    await busy.stop()
  })

  it('leads to the login where Scalekit cannot be asked', async () => {
    const { control } = bench.emulator
    await control.addFault({ endpoint: 'api', kind: 'status', status: 500, times: 0 })
    const { body } = await ask({ email: 'new@example.com' })
    await control.clearFaults()
    expect(body).toEqual({ sso: null, login_url: `${bench.origin}/auth/login?login_hint=new%40example.com` })
  })

  it('returns nowhere but into the app', async () => {
    const visitor = new Visitor()
    const { body } = await ask({ email: 'new@example.com', return_to: 'https://evil.example/' })
    const begun = await visitor.send(body.login_url)
    expect(begun.status).toBe(303)
    expect(bench.events.filter(({ type }) => type === 'return_to_refused').length).toBeGreaterThan(0)
  })
})

it.each(['login', '//evil.example', '/\\evil.example', '/a?b'])('refuses %j as the other login', (otherwise) => {
  expect(() => sso({ otherwise })).toThrow(TypeError)
})
