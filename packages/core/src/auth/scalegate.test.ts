import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorCodes } from '../errors/error-codes.js'
import { ManagementError } from '../errors/management-error.js'
import {
  ConfigurationError,
  LoginError,
  ProviderError,
  RefreshError,
  RequestError,
  SessionError,
  StoreError,
  TokenError,
} from '../errors/scalegate-error.js'
import type { ScalegateEvent } from '../model/events.js'
import { faultyStore } from '../test/faulty-store.js'
import { ada, bob, clientId, clientSecret, cookieSecret, createBench } from '../test/fixture.js'
import { relative } from '../test/test-browser.js'
import { eventBody, signedHeaders, webhookSecret } from '../test/webhook-sender.js'
import { createScalegate } from './scalegate.js'

const variables = {
  SCALEKIT_ENVIRONMENT_URL: 'https://auth.example',
  SCALEKIT_CLIENT_ID: clientId,
  SCALEKIT_CLIENT_SECRET: clientSecret,
  COOKIE_ENCRYPTION_SECRET: cookieSecret,
  APP_BASE_URL: 'https://app.example',
}

describe('createScalegate', () => {
  it('checks what is given in code at once, and the environment at the first use', () => {
    expect(() => createScalegate({ nope: 1 } as never, () => variables)).toThrow(ConfigurationError)
    const kit = createScalegate({}, () => ({}))
    for (const use of [() => kit.validate(), () => kit.owns('/'), () => kit.context({} as never, {} as never)])
      expect(use).toThrow(ConfigurationError)
  })

  it('reads the environment once, when it is good', () => {
    let reads = 0
    const kit = createScalegate({}, () => {
      reads += 1
      return reads === 1 ? {} : variables
    })
    expect(() => kit.validate()).toThrow(ConfigurationError)
    kit.validate()
    kit.owns('/auth/login')
    expect(reads).toBe(2)
  })

  it('SEC-369 names every missing variable at once', () => {
    const kit = createScalegate({}, () => ({}))
    expect(() => kit.validate()).toThrow(
      expect.objectContaining({ code: 'configuration_invalid', problems: expect.objectContaining({ length: 5 }) }),
    )
  })

  it('leaves the paths of the app alone', async () => {
    const { kit } = await createBench()
    expect(await kit.handle(new Request('https://app.example/members'))).toBeUndefined()
    expect([kit.owns('/members'), kit.owns('/auth/login')]).toEqual([false, true])
  })

  it('offers the widgets a session opens', async () => {
    const bench = await createBench()
    const session = await (await bench.signedIn()).page((context) => context.session())
    expect(bench.kit.widgetsFor(session!).map(({ id, href }) => [id, href])).toEqual([
      ['members', 'https://app.example/auth/widgets?widget=members'],
      ['profile', 'https://app.example/auth/widgets?widget=profile'],
      ['security', 'https://app.example/auth/widgets?widget=security'],
    ])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('observer')
      },
    ],
    ['rejects', () => Promise.reject(new Error('observer'))],
  ])('an observer that %s changes nothing', async (_label, onEvent) => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listen)
    try {
      const bench = await createBench({ onEvent: onEvent as (event: ScalegateEvent) => void })
      const browser = await bench.signedIn()
      expect(await browser.user()).toBe('usr_ada')
      await new Promise((resolve) => setTimeout(resolve, 10))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', listen)
    }
  })
})

describe('SEC-366 F18 canaries', () => {
  /** All the ways in which something ends up in a log. */
  const rendered = (value: unknown) =>
    [inspect(value, { depth: 20, showHidden: false }), safeJson(value), String(value)].join('\n')

  it('the kit shows none of its secrets', async () => {
    const { kit } = await createBench()
    for (const shown of [kit, [kit], kit.context(new Request('https://app.example/'), { all: new Map() } as never)])
      expect(rendered(shown)).not.toMatch(/canary|q3Z7mT0p/)
  })

  it('no configuration error repeats a value', () => {
    const canary = 'canary-value-canary-value'
    const kit = createScalegate(
      { issuer: `http://${canary}.example`, cookieSecret: canary, baseUrl: `https://ada:${canary}@app.example` },
      () => ({
        ...variables,
        SCALEKIT_CLIENT_SECRET: canary,
        COOKIE_ENCRYPTION_SECRET: canary,
      }),
    )
    try {
      kit.validate()
      expect.unreachable()
    } catch (error) {
      expect((error as ConfigurationError).problems.length).toBeGreaterThan(2)
      expect(rendered(error)).not.toContain('canary')
    }
  })

  it.each(Object.keys(errorCodes) as ErrorCode[])('%s is a message for people and a code for programs', (code) => {
    const error = errorOf(code)
    expect([error.code, error.status, error.message.startsWith(`${code}: `)]).toEqual([
      code,
      errorCodes[code].status,
      true,
    ])
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code, message: error.message })
    expect(inspect(error)).not.toContain('[Symbol(scalegate:error)]')
  })

  it('events and errors of a whole life hold no token, secret, address or path', async () => {
    const bench = await createBench()
    const seen: unknown[] = []
    const browser = await bench.signedIn(ada)
    const callback = await browser.startLogin(
      bob,
      '?return_to=/canary-path&login_hint=canary@corp.example&prompt=login',
    )
    await browser.route(relative(callback))
    await browser.route(relative(callback))
    await browser.copy().route(`/auth/callback?state=canary-state&code=canary-code`)
    const cookies = [...browser.cookies.values()]
    const token = await browser.page((context) => context.accessToken())
    bench.now += 400
    for (const answer of [500, 429, 403]) {
      bench.provider.answers.push(() =>
        Response.json({ error: 'canary-error', error_description: 'canary' }, { status: answer }),
      )
      await browser.page(async (context) => context.session()).catch((error) => seen.push(error))
      bench.now += 31
    }
    await bench.backchannel({ sid: 'canary-sid', sub: undefined })
    await bench.backchannel({ sid: 'canary-sid', aud: 'canary-aud' })
    await browser.route('/auth/login?return_to=https://canary.example')
    await browser.route('/auth/logout', { form: {} })
    seen.push(...bench.events)
    expect(new Set(bench.events.map(({ type }) => type)).size).toBeGreaterThan(7)
    expect(seen.some((one) => one instanceof RefreshError)).toBe(true)
    const secrets = [
      'canary', 'usr_', 'org_', 'ses_', 'corp.example', 'eyJ', 'rt_', clientSecret, cookieSecret, token, ...cookies,
      ...bench.provider.tokenCalls.flatMap((form) => [...form.values()].filter((value) => value.length > 30)),
    ] // biome-ignore format: one table
    for (const one of seen) for (const secret of secrets) expect(rendered(one)).not.toContain(secret)
  })

  it('events and errors of a store that fails hold nothing of what it says, nor of what lies in it', async () => {
    const store = faultyStore()
    const bench = await createBench({
      store,
      session: { storage: 'store' },
      webhooks: { secret: webhookSecret },
      revocation: { failOpenFor: 1 },
    })
    const seen: unknown[] = []
    const browser = await bench.signedIn(ada)
    const lost = await bench.signedIn(bob)
    const callback = await browser.startLogin(bob, '?prompt=login')
    const token = await browser.page((context) => context.accessToken())
    const keys = [...(await store.entries()).keys()]
    const body = eventBody('user.logout', { user: { id: 'usr_canary' } })
    for (const condition of ['down', ({ method }: { method: string }) => (method === 'get' ? 'up' : 'down')] as const) {
      store.condition = condition
      bench.now += 300
      await browser.page((context) => context.session()).catch((error) => seen.push(error))
      await browser.page((context) => context.logout()).catch((error) => seen.push(error))
      await browser.page((context) => context.fresh()).catch((error) => seen.push(error))
      seen.push(await (await browser.route(relative(callback))).text())
      seen.push(await (await bench.backchannel({ sid: 'canary-sid' })).text())
      const headers = await signedHeaders(body, { timestamp: bench.now })
      const event = new Request('https://app.example/auth/webhooks', { method: 'POST', body, headers })
      seen.push(await (await bench.kit.handle(event))?.text())
    }
    store.condition = 'up'
    store.reply = () => keys.find((key) => key.startsWith('session:'))
    await lost.user().catch((error) => seen.push(error))
    await browser.user().catch((error) => seen.push(error))
    store.reply = undefined
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    for (const key of keys) await store.set(key, 'canary-junk', 60)
    await browser.user().catch((error) => seen.push(error))
    seen.push(...bench.events)
    const types = new Set(bench.events.map(({ type }) => type))
    for (const type of ['store_unavailable', 'store_available', 'record_refused', 'refresh_failed'] as const)
      expect(types).toContain(type)
    expect(seen.filter((one) => one instanceof StoreError).length).toBeGreaterThan(3)
    const secrets = [
      'canary', 'usr_', 'org_', 'ses_', 'corp.example', 'ECONN', '10.0.0.9', clientSecret, cookieSecret, token,
      ...browser.cookies.values(), ...lost.cookies.values(), ...keys, ...keys.map((key) => key.split(':').at(-1) ?? ''),
      ...bench.provider.tokenCalls.flatMap((form) => [...form.values()].filter((value) => value.length > 30)),
    ] // biome-ignore format: one table
    for (const one of seen) for (const secret of secrets) expect(rendered(one)).not.toContain(secret)
  })
})

function errorOf(code: ErrorCode) {
  const { family } = errorCodes[code]
  switch (family) {
    case 'configuration':
      return new ConfigurationError(code as 'not_mounted')
    case 'login':
      return new LoginError(code as 'state_missing')
    case 'token':
      return new TokenError(code as 'token_invalid', 'exp')
    case 'refresh':
      return new RefreshError(code as 'refresh_rejected', 'x')
    case 'store':
      return new StoreError('store_unavailable')
    case 'session':
      return new SessionError(code as 'forbidden')
    case 'provider':
      return new ProviderError(code as 'keys_unavailable')
    case 'request':
      return new RequestError(code as 'payload_too_large')
    case 'management':
      return new ManagementError(code as 'management_rejected')
  }
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch (error) {
    return String(error)
  }
}
