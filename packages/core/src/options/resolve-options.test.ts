import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigurationError } from '../errors/scalegate-error.js'
import { memoryStore } from '../state/memory-store.js'
import { assertOptions, resolveOptions } from './resolve-options.js'
import type { ResolvedOptions } from './resolved-options.js'
import type { ScalegateOptions } from './scalegate-options.js'

const given = {
  issuer: 'https://auth.example',
  clientId: 'skc_1',
  clientSecret: 'test_secret_value',
  cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  baseUrl: 'https://app.example',
}
const resolve = (options: unknown = {}) => resolveOptions({ ...given, ...(options as ScalegateOptions) }, {})

/** Of 32 bytes, different for each number. */
const webhookSecret = (number: number) =>
  `whsec_${btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, index) => index * 7 + number)))}`

function problemsOf(options: unknown): string[] {
  try {
    resolve(options)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return (error as ConfigurationError).problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

describe('resolveOptions', () => {
  it('fills in every default', () => {
    const { fetch: _fetch, clock: _clock, ...options } = resolve()
    expect(options).toEqual({
      product: 'full_stack_auth',
      issuer: 'https://auth.example',
      clientId: 'skc_1',
      clientSecret: 'test_secret_value',
      cookieSecrets: [given.cookieSecret],
      baseUrl: 'https://app.example',
      paths: {
        login: '/auth/login',
        callback: '/auth/callback',
        refresh: '/auth/refresh',
        logout: '/auth/logout',
        backchannelLogout: '/auth/backchannel-logout',
        session: '/auth/session',
        widgets: '/auth/widgets',
        forbidden: '/auth/forbidden',
        switchOrganization: '/auth/switch-organization',
        webhooks: '/auth/webhooks',
      },
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      audience: ['skc_1'],
      endpoints: 'scalekit',
      permissions: 'token',
      session: {
        cookieName: 'scalegate',
        storage: 'cookie',
        domain: undefined,
        sameSite: 'lax',
        absolute: 604_800,
        idle: 86_400,
        refreshBefore: 30,
        cookieBudget: 12_288,
      },
      store: undefined,
      revocation: { maxStaleness: 2, failOpenFor: 0 },
      transaction: { lifetime: 600, max: 5 },
      login: { returnTo: '/', forward: 'unreserved', page: undefined, idpInitiatedIssuers: [] },
      logout: { returnTo: '/' },
      logoutToken: { typ: 'compat', exp: 'required' },
      timeouts: { exchange: 10, refresh: 8, keys: 5 },
      clockSkew: 60,
      onLogin: undefined,
      onSessionsEnded: undefined,
      webhooks: { secrets: [], listeners: [] },
      basePath: '/auth',
      pluginPaths: [],
      observers: [],
      errorPage: undefined,
    })
  })

  it('modular SSO has no refresh tokens to ask for', () => {
    expect(resolve({ product: 'modular_sso' }).scopes).toEqual(['openid', 'profile', 'email'])
  })

  it('webhook secrets come as one, as a list, or from the environment, separated by commas', () => {
    const [one, two] = [webhookSecret(1), webhookSecret(2)]
    expect(resolve({ webhooks: { secret: one } }).webhooks.secrets).toEqual([one])
    expect(resolve({ webhooks: { secret: [one, two] } }).webhooks.secrets).toEqual([one, two])
    const environment = { SCALEKIT_WEBHOOK_SECRET: `${one}, ${two}` }
    expect(resolveOptions(given, environment).webhooks.secrets).toEqual([one, two])
  })

  it.each([
    ['SEC-273 an empty secret', { webhooks: { secret: 'whsec_' } }, 'webhooks.secret'],
    ['SEC-273 a short secret', { webhooks: { secret: ['whsec_c2hvcnQ='] } }, 'webhooks.secret.0'],
    ['a page that is a route of the kit', { login: { page: '/auth/login' } }, 'login.page'],
    ['a product nobody sells', { product: 'sso' }, 'product'],
    [
      'a handler of an event that does not exist',
      { webhooks: { on: { 'user.created': () => undefined } } },
      'webhooks.on',
    ],
    ['a store without its methods', { webhooks: { deliveries: {} } }, 'webhooks.deliveries'],
    ['an address that was given and is undefined', { issuer: undefined }, 'issuer'],
    ['a webhook secret that was given and is undefined', { webhooks: { secret: undefined } }, 'webhooks.secret'],
    ['a base that was given and is undefined', { baseUrl: undefined }, 'baseUrl'],
    ['two routes on one path', { paths: { webhooks: '/auth/login' } }, 'paths.webhooks'],
  ])('refuses %s', (_, options, path) => {
    expect(problemsOf(options)).toEqual([expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')}: `))])
  })

  it('takes a member that is undefined for one that is absent', () => {
    const absent = { session: {}, transaction: {}, login: {}, logout: {}, logoutToken: {}, timeouts: {}, paths: {} }
    const empty = {
      session: {
        cookieName: undefined,
        sameSite: undefined,
        absolute: undefined,
        idle: undefined,
        refreshBefore: undefined,
        cookieBudget: undefined,
      },
      transaction: { lifetime: undefined, max: undefined },
      login: { returnTo: undefined, forward: undefined },
      logout: { returnTo: undefined },
      logoutToken: { typ: undefined, exp: undefined },
      timeouts: { exchange: undefined, refresh: undefined, keys: undefined },
      paths: { login: undefined, callback: undefined },
    }
    const rest = { fetch: undefined, clock: undefined }
    expect({ ...resolve(empty), ...rest }).toEqual({ ...resolve(absent), ...rest })
  })

  it('is frozen all through, and does not follow the caller’s own objects', () => {
    const scopes = ['openid']
    const forward = ['invite']
    const options = resolve({ scopes, login: { forward } })
    scopes.push('admin')
    forward.push('client_id')
    expect(options.scopes).toEqual(['openid'])
    expect(options.login.forward).toEqual(['invite'])
    for (const name of [
      'session',
      'transaction',
      'login',
      'logout',
      'logoutToken',
      'timeouts',
      'paths',
      'scopes',
      'audience',
      'cookieSecrets',
    ] as const) {
      expect(Object.isFrozen(options[name]), name).toBe(true)
    }
  })

  it.each([
    [
      'SEC-151 SameSite=None without https',
      { baseUrl: 'http://localhost:3000', session: { sameSite: 'none' } },
      ['session.sameSite: "none" needs an https base URL, or browsers drop the cookie'],
    ],
    [
      'sessions in a store that is not there',
      { session: { storage: 'store' } },
      ['session.storage: "store" needs a `store`, such as `redisStore(client)` of @scalegate/redis'],
    ],
    [
      'a store without methods',
      { store: {} },
      [
        'store: must be a store, such as `redisStore(client)` of @scalegate/redis; it has no get, no set, no delete, no raise, no close',
        'store: must have `marks` with the methods write, read, follow',
      ],
    ],
    [
      'a store that lacks one method',
      { store: { ...memoryStore(), raise: undefined } },
      ['store: must be a store, such as `redisStore(client)` of @scalegate/redis; it has no raise'],
    ],
    ...[-1, 61, Number.NaN, '2'].map((maxStaleness): [string, object, string[]] => [
      `a staleness of ${JSON.stringify(maxStaleness)}`,
      { revocation: { maxStaleness } },
      ['revocation.maxStaleness: must be a number from 0 to 60, in seconds'],
    ]),
    [
      'a store without marks',
      { store: { ...memoryStore(), marks: undefined } },
      ['store: must have `marks` with the methods write, read, follow'],
    ],
    [
      'SEC-152 a domain that is no parent',
      { session: { domain: 'other.example' } },
      ['session.domain: is not a parent of the host of the base URL, so browsers would refuse the cookie'],
    ],
    [
      'SEC-152 a domain that only ends alike',
      { baseUrl: 'https://notapp.example', session: { domain: 'app.example' } },
      ['session.domain: is not a parent of the host of the base URL, so browsers would refuse the cookie'],
    ],
    [
      'SEC-153 http for anything but this machine',
      { baseUrl: 'http://app.example' },
      ['baseUrl: must be https; http is for localhost only'],
    ],
    [
      'SEC-342 several base URLs in one',
      { baseUrl: 'https://a.example,https://b.example' },
      ['baseUrl: has an unusual path'],
    ],
    [
      'SEC-342 a list of base URLs',
      { baseUrl: ['https://a.example', 'https://b.example'] },
      ['baseUrl: must be a non-empty string'],
    ],
    [
      'SEC-344 an issuer with a path',
      { issuer: 'https://auth.example/x' },
      ['issuer: must not have a path: it is the environment URL alone'],
    ],
    [
      'SEC-135 a short secret',
      { cookieSecret: 'q3Z7mT0pX9vK2s' },
      ['cookieSecret: must be at least 32 bytes; make one with `openssl rand -base64 32`'],
    ],
    [
      'two routes at one path',
      { paths: { login: '/a', logout: '/a' } },
      ['paths.logout: is the same path as paths.login'],
    ],
    [
      'SEC-034 a login that returns to the login',
      { login: { returnTo: '/auth/login' } },
      ['login.returnTo: is a route of the kit itself'],
    ],
    [
      'SEC-034 a login that returns to the logout',
      { login: { returnTo: '/auth/logout' } },
      ['login.returnTo: is a route of the kit itself'],
    ],
  ])('%s', (_label, options, problems) => {
    expect(problemsOf(options)).toEqual(problems)
  })

  it('SEC-153 http on localhost is a matter of the base URL, never of NODE_ENV', () => {
    expect(resolveOptions({ ...given, baseUrl: 'http://localhost:3000' }, { NODE_ENV: 'production' }).baseUrl).toBe(
      'http://localhost:3000',
    )
    expect(() => resolveOptions({ ...given, baseUrl: 'http://app.example' }, { NODE_ENV: 'development' })).toThrow(
      ConfigurationError,
    )
  })

  it('reports code and environment together', () => {
    try {
      resolveOptions({ clientSecret: 'test_secret_value', scopes: ['x'] }, { SCALEKIT_CLIENT_ID: 'changeme' })
      expect.unreachable()
    } catch (error) {
      expect((error as ConfigurationError).problems.map(({ path }) => path)).toEqual([
        'scopes',
        'SCALEKIT_ENVIRONMENT_URL',
        'SCALEKIT_CLIENT_ID',
        'COOKIE_ENCRYPTION_SECRET',
        'APP_BASE_URL',
      ])
    }
  })

  it('takes the callback path of REDIRECT_URI', () => {
    const { baseUrl: _, ...rest } = given
    const options = resolveOptions(rest, { REDIRECT_URI: 'https://app.example/cb' })
    expect([options.baseUrl, options.paths.callback]).toEqual(['https://app.example', '/cb'])
  })

  it('calls the global fetch of the moment, unbound', async () => {
    const original = globalThis.fetch
    try {
      globalThis.fetch = async () => new Response('replaced')
      expect(await (await resolve().fetch('https://auth.example', {})).text()).toBe('replaced')
    } finally {
      globalThis.fetch = original
    }
  })

  it('F23 any object gives a complete configuration or a list of problems', () => {
    const canary = 'CaNaRy-0123456789-abcdefghijklmnop'
    const value = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, maxDepth: 2 }),
      fc.string(),
      fc.constantFrom('https://auth.example', '/auth', '/', '', ' ', canary, 60, -1, null, undefined, ['openid'], {}),
    )
    const names = [
      ...Object.keys(given), 'basePath', 'paths', 'scopes', 'audience', 'endpoints', 'permissions', 'session',
      'transaction', 'login', 'logout', 'logoutToken', 'timeouts', 'clockSkew', 'onLogin', 'onEvent', 'fetch', 'clock',
    ] // biome-ignore format: one table
    const options = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { maxKeys: 6 })
    const environment = fc.dictionary(
      fc.constantFrom('APP_BASE_URL', 'REDIRECT_URI', 'SCALEKIT_CLIENT_ID', 'X'),
      fc.string(),
    )
    fc.assert(
      fc.property(options, environment, (changes, variables) => {
        const options = { ...given, clientSecret: canary, ...changes } as ScalegateOptions
        // As `createScalegate` does: types at creation, then everything together with the environment.
        const outcome = attempt(() => {
          assertOptions(options)
          return resolveOptions(options, variables)
        })
        if (outcome instanceof ConfigurationError) {
          expect(outcome.code).toBe('configuration_invalid')
          expect(outcome.problems.length).toBeGreaterThan(0)
          for (const { path, message } of outcome.problems) expect(path !== '' && message !== '').toBe(true)
          expect(outcome.message).not.toContain(canary)
          return
        }
        expect(Object.values(outcome.session).filter((member) => member === undefined).length).toBeLessThan(2)
        expect(outcome.issuer.startsWith('http')).toBe(true)
        expect(Object.values(outcome.paths).every((path) => path.startsWith('/'))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('assertOptions', () => {
  it('judges code alone: what is missing may still come from the environment', () => {
    expect(() => assertOptions({})).not.toThrow()
    expect(() => assertOptions({ nope: 1 } as ScalegateOptions)).toThrow(ConfigurationError)
  })
})

function attempt(run: () => ResolvedOptions): ResolvedOptions | ConfigurationError {
  try {
    return run()
  } catch (error) {
    if (error instanceof ConfigurationError) return error
    throw error
  }
}
