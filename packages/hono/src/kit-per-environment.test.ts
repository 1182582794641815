import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { scalegate } from './index.js'
import { kitPerEnvironment } from './kit-per-environment.js'
import { page } from './test/visitor.js'

const variables = {
  SCALEKIT_ENVIRONMENT_URL: 'https://one.example',
  SCALEKIT_CLIENT_ID: 'skc_1',
  SCALEKIT_CLIENT_SECRET: 'client-secret-value',
  COOKIE_ENCRYPTION_SECRET: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  APP_BASE_URL: 'https://app.example',
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

describe('the environment of a request', () => {
  it('SEC-369 everything that is missing is told at the first request, to app.onError', async () => {
    for (const name of Object.keys(variables)) vi.stubEnv(name, '')
    const errors: unknown[] = []
    const app = new Hono().use(scalegate()).onError((error, c) => {
      errors.push(error)
      return c.text('app', 500)
    })
    expect((await app.request('/')).status).toBe(500)
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'configuration_invalid',
        problems: Object.keys(variables).map((path) => ({ path, message: expect.stringContaining('is missing') })),
      }),
    ])
  })

  it('is that of the process on Node, read at the request and not at creation', async () => {
    const app = new Hono().use(scalegate())
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
    const first = await app.request('/auth/login', { headers: page })
    expect(new URL(first.headers.get('location') ?? '').origin).toBe('https://one.example')
    vi.stubEnv('SCALEKIT_ENVIRONMENT_URL', 'https://two.example')
    const second = await app.request('/auth/login', { headers: page })
    expect(new URL(second.headers.get('location') ?? '').origin).toBe('https://two.example')
  })

  it('is that of the bindings where Hono says so', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    const auth = scalegate()
    const app = new Hono().use(auth).get('/menu', (c) => {
      const session = { permissions: ['sk_org_users_read'] } as never
      return c.json(auth.widgetsFor(session).map(({ href }) => new URL(href).origin))
    })
    const begun = await app.request('/auth/login', { headers: page }, { ...variables, KV: { get: () => undefined } })
    expect(begun.status).toBe(303)
    expect(await (await app.request('/menu', {}, variables)).json()).toContain('https://app.example')
    app.onError((error, c) => c.text((error as { code?: string }).code ?? '', 500))
    expect(await (await app.request('/menu')).text()).toBe('configuration_invalid')
  })

  it('one kit for each set of values, however often they come, and other variables make no other kit', () => {
    const kits = kitPerEnvironment({})
    const one = kits.of({ ...variables, PATH: '/bin' })
    expect(kits.of({ ...variables, PATH: '/usr/bin', EXTRA: {} })).toBe(one)
    expect(kits.of({ ...variables, APP_BASE_URL: 'https://other.example' })).not.toBe(one)
    expect(kits.of({ ...variables, APP_BASE_URL: { binding: true } })).toBe(
      kits.of({ ...variables, APP_BASE_URL: undefined }),
    )
    expect(kits.of({ ...variables })).toBe(one)
    expect(kits.latest()).toBe(one)
  })

  it('forgets the set that was not used for longest, so that the room has an end', () => {
    const kits = kitPerEnvironment({})
    const of = (n: number) => kits.of({ ...variables, APP_BASE_URL: `https://app-${n}.example` })
    const made = Array.from({ length: 8 }, (_, n) => of(n))
    expect(of(0)).toBe(made[0])
    const ninth = of(8)
    expect([of(0), of(8)]).toEqual([made[0], ninth])
    expect(of(1)).not.toBe(made[1])
  })
})
