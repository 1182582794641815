import { describe, expect, it, vi } from 'vitest'
import { ManagementError } from '../errors/management-error.js'
import { PluginError } from '../errors/plugin-error.js'
import type { Check } from '../model/requirement.js'
import { definePlugin, type Plugin, type PluginCall, type PluginKit, type PluginParts } from '../options/plugin.js'
import { memoryStore } from '../state/memory-store.js'
import { createRateLimit } from '../state/rate-limit.js'
import { ada, createBench } from '../test/fixture.js'
import { eventBody, signedHeaders, webhookSecret } from '../test/webhook-sender.js'
import { plugInto } from './plugged-in.js'

const said = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code]
const plugin = (parts: PluginParts | ((kit: PluginKit) => PluginParts), name = 'tested'): Plugin => ({
  name,
  setUp: typeof parts === 'function' ? parts : () => parts,
})
/** A plugin with one guarded POST, and what it was called with. */
function posting(
  requires = {},
  answer: (call: PluginCall) => Promise<Response> = async (call) => call.done({ ok: 1 }),
) {
  const calls: PluginCall[] = []
  const post = {
    requires,
    answer: async (call: PluginCall) => {
      calls.push(call)
      return answer(call)
    },
  }
  return { calls, plugins: [plugin({ routes: { things: { post } } })] }
}
const echo = async (call: PluginCall) => {
  const fields = await call.fields()
  return call.done({ name: fields.one('name') ?? null, roles: fields.all('roles') })
}
const json = { 'content-type': 'application/json' }

describe('a route of a plugin', () => {
  it('is a route of the kit, below its base path or where it says', async () => {
    const get = { open: true as const, answer: async () => Response.json({ here: true }) }
    const plugins = [plugin({ routes: { things: { get }, '/settings/things': { get } } })]
    const bench = await createBench({ plugins, basePath: '/own' })
    for (const path of ['/own/things', '/settings/things']) {
      const answer = await bench.browser().route(path, { as: 'fetch' })
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    }
    expect(bench.kit.owns('/auth/things')).toBe(false)
  })

  it('asks the guard first: a stranger, and somebody without the permission, never reach it', async () => {
    const { calls, plugins } = posting({ permissions: ['sk_org_sso_manage'] })
    const bench = await createBench({ plugins })
    const post = { method: 'POST', as: 'fetch', form: {} } as const
    expect(await said(await bench.browser().route('/auth/things', post))).toEqual([401, 'unauthenticated'])
    expect(await said(await (await bench.signedIn()).route('/auth/things', post))).toEqual([403, 'forbidden'])
    expect(calls).toHaveLength(0)
    const admin = await bench.signedIn({ ...ada, permissions: ['sk_org_sso_manage'] })
    expect((await admin.route('/auth/things', post)).status).toBe(200)
    expect(calls[0]?.session.user.id).toBe('usr_ada')
  })

  it.each(['cross-site', 'same-site'] as const)('SEC-336 refuses a POST of a %s page', async (site) => {
    const { calls, plugins } = posting()
    const browser = await (await createBench({ plugins })).signedIn()
    const answer = await browser.route('/auth/things', { method: 'POST', as: 'fetch', site, form: {} })
    expect([await said(answer), calls.length]).toEqual([[403, 'origin_not_allowed'], 0])
  })

  it('SEC-336 refuses it on an open route too', async () => {
    const post = { open: true as const, answer: async () => Response.json({}) }
    const browser = (await createBench({ plugins: [plugin({ routes: { things: { post } } })] })).browser()
    const answer = await browser.route('/auth/things', { method: 'POST', as: 'fetch', site: 'cross-site', form: {} })
    expect(await said(answer)).toEqual([403, 'origin_not_allowed'])
  })

  it.each([
    ['the query', '/auth/things?organization_id=org_2', { form: { name: 'x' } }],
    ['a form', '/auth/things', { form: { organization_id: 'org_2' } }],
    ['JSON', '/auth/things', { form: '{"organization_id":"org_2"}', headers: json }],
    ['one of two', '/auth/things', { form: 'organization_id=org_1&organization_id=org_2' }],
  ])('SEC-331 SEC-311 refuses another organization than the session’s in %s', async (_where, path, visit) => {
    const { plugins } = posting({}, echo)
    const browser = await (await createBench({ plugins })).signedIn()
    const answer = await browser.route(path, { method: 'POST', as: 'fetch', ...visit })
    expect(await said(answer)).toEqual([403, 'wrong_organization'])
  })

  it('takes its own organization', async () => {
    const { plugins } = posting({}, echo)
    const browser = await (await createBench({ plugins })).signedIn()
    const form = { organization_id: 'org_1', name: 'x' }
    const answer = await browser.route('/auth/things?organization_id=org_1', { method: 'POST', as: 'fetch', form })
    expect(answer.status).toBe(200)
  })

  it('hands a method on that it does not answer', async () => {
    const browser = await (await createBench({ plugins: posting().plugins })).signedIn()
    expect(await said(await browser.route('/auth/things', { as: 'fetch' }))).toEqual([405, 'method_not_allowed'])
  })
})

describe('a page of a plugin on a path of the app', () => {
  it('is a place to come back to, and so is what lies below it', async () => {
    const get = { requires: {}, answer: async () => new Response('page') }
    const post = { requires: {}, answer: async (call: PluginCall) => call.done({}) }
    const plugins = [plugin({ routes: { '/settings/things': { get, post }, hidden: { get } } })]
    const bench = await createBench({ plugins })
    const browser = await bench.signedIn()
    for (const place of ['/settings/things', '/settings/things/own', '/settings/things?tab=1']) {
      const visit = { method: 'POST', form: {}, headers: { referer: bench.base + place } }
      const answer = await browser.route('/settings/things', visit)
      expect(answer.headers.get('location')).toBe(bench.base + place)
    }
    const login = await bench.browser().route('/settings/things')
    expect(login.headers.get('location')).toContain('return_to=%2Fsettings%2Fthings')
    const hidden = await bench.browser().route('/auth/hidden')
    expect(hidden.headers.get('location')).not.toContain('return_to')
  })
})

describe('the fields of a call', () => {
  const send = async (form: string, headers: Record<string, string> = json) => {
    const { plugins } = posting({}, echo)
    const browser = await (await createBench({ plugins })).signedIn()
    return browser.route('/auth/things', { method: 'POST', as: 'fetch', form, headers })
  }
  it.each([
    ['JSON', '{"name":"n","roles":["a","b"]}', json],
    ['a form', 'name=n&roles=a&roles=b', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('are read from %s', async (_what, form, headers) => {
    expect(await (await send(form, headers)).json()).toEqual({ name: 'n', roles: ['a', 'b'] })
  })

  it.each([
    ['no object', '["x"]'],
    ['null', 'null'],
    ['no JSON', '{'],
    ['a number', '{"name":1}'],
    ['an object inside', '{"roles":[{"name":"admin"}]}'],
    ['a member twice', '{"name":"a","name":"b"}'],
    ['two names', '{"name":["a","b"]}'],
  ])('SEC-332 refuses %s', async (_what, form) => {
    expect(await said(await send(form))).toEqual([400, 'fields_invalid'])
  })

  it('SEC-330 has no members of objects', async () => {
    const { plugins } = posting({}, async (call) => {
      const fields = await call.fields()
      return Response.json([fields.all('constructor'), fields.one('toString') ?? null, fields.all('__proto__')])
    })
    const browser = await (await createBench({ plugins })).signedIn()
    const visit = { method: 'POST', as: 'fetch', form: '{"__proto__":"x"}', headers: json } as const
    expect(await (await browser.route('/auth/things', visit)).json()).toEqual([[], null, ['x']])
  })

  it('are 16 KB at the most, and a form or JSON', async () => {
    expect(await said(await send(JSON.stringify({ name: 'x'.repeat(17_000) })))).toEqual([413, 'payload_too_large'])
    expect(await said(await send('name=n', { 'content-type': 'text/plain' }))).toEqual([415, 'unsupported_media_type'])
  })
})

describe('the answer of a plugin', () => {
  const visit = { method: 'POST', headers: { referer: 'https://app.example/settings?tab=1' } } as const

  it('leads a person who posted a form back to its page, or to return_to', async () => {
    const { plugins } = posting({}, echo)
    const browser = await (await createBench({ plugins })).signedIn()
    const back = await browser.route('/auth/things', { ...visit, form: { name: 'x' } })
    expect([back.status, back.headers.get('location')]).toEqual([303, 'https://app.example/settings?tab=1'])
    const asked = await browser.route('/auth/things', { ...visit, form: { name: 'x', return_to: '/done' } })
    expect(asked.headers.get('location')).toBe('https://app.example/done')
    const evil = await browser.route('/auth/things', { ...visit, form: { name: 'x', return_to: '//evil.example' } })
    expect(evil.headers.get('location')).toBe('https://app.example/')
  })

  it('is a page that moves on where the person leaves the app', async () => {
    const { plugins } = posting({}, async (call) =>
      call.leave({ href: 'https://x.example/', title: 'Going', label: 'Go' }),
    )
    const browser = await (await createBench({ plugins })).signedIn()
    const page = await browser.route('/auth/things', { ...visit, form: {} })
    expect([page.status, page.headers.get('location'), page.headers.get('cache-control')]).toEqual([
      200,
      null,
      'private, no-store',
    ])
    expect(await page.text()).toMatch(/http-equiv="refresh".*https:\/\/x\.example\/.*>Go</s)
  })

  it('is a problem or a page where the plugin says no', async () => {
    const refusal = { code: 'seat_taken', status: 409, title: 'That seat is taken.', field: 'name', retryAfter: 7 }
    const { plugins } = posting({}, async () => {
      throw new PluginError(refusal)
    })
    const browser = await (await createBench({ plugins })).signedIn()
    const told = await browser.route('/auth/things', { method: 'POST', as: 'fetch', form: {} })
    expect(await told.json()).toMatchObject({ status: 409, code: 'seat_taken', field: 'name' })
    expect([told.status, told.headers.get('retry-after')]).toEqual([409, '7'])
    const page = await browser.route('/auth/things', { ...visit, form: {} })
    expect(page.status).toBe(409)
    expect(await page.text()).toMatch(/That seat is taken\..*https:\/\/app\.example\/settings\?tab=1.*seat_taken/s)
  })

  it('is the status of an error of the kit, without its message', async () => {
    const { plugins } = posting({}, async () => {
      throw new ManagementError('management_unavailable', { detail: 'canary', retryAfter: 9 })
    })
    const browser = await (await createBench({ plugins })).signedIn()
    const answer = await browser.route('/auth/things', { method: 'POST', as: 'fetch', form: {} })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '9'])
    expect(await answer.text()).not.toContain('canary')
    const page = await browser.route('/auth/things', { ...visit, form: {} })
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
  })

  it('goes back to return_to where the browser sends no Referer', async () => {
    const { plugins } = posting({}, async (call) => {
      await call.fields()
      throw new PluginError({ code: 'seat_taken', status: 409, title: 'Taken.' })
    })
    const browser = await (await createBench({ plugins })).signedIn()
    const page = await browser.route('/auth/things', { method: 'POST', form: { return_to: '/settings' } })
    expect(await page.text()).toContain('href="https://app.example/settings"')
  })

  const refusal = new PluginError({ code: 'seat_taken', status: 409, title: 'Taken.' })
  it.each([
    ['rejects', () => Promise.reject(refusal)],
    [
      'throws at once',
      () => {
        throw refusal
      },
    ],
  ])('is a problem on an open route that %s, too', async (_how, answer) => {
    const post = { open: true as const, answer }
    const browser = (await createBench({ plugins: [plugin({ routes: { things: { post } } })] })).browser()
    const told = await browser.route('/auth/things', { method: 'POST', as: 'fetch', form: {} })
    expect(await said(told)).toEqual([409, 'seat_taken'])
  })

  it('is the framework’s where only a developer can mend it', async () => {
    const { plugins } = posting({}, async () => {
      throw new ManagementError('management_not_allowed')
    })
    const browser = await (await createBench({ plugins })).signedIn()
    const told = browser.route('/auth/things', { method: 'POST', as: 'fetch', form: {} })
    await expect(told).rejects.toMatchObject({ code: 'management_not_allowed' })
  })

  it('is the framework’s where the plugin fails', async () => {
    const { plugins } = posting({}, async () => {
      throw new Error('canary')
    })
    const browser = await (await createBench({ plugins })).signedIn()
    await expect(browser.route('/auth/things', { method: 'POST', as: 'fetch', form: {} })).rejects.toThrow('canary')
  })
})

describe('what a plugin hears', () => {
  it('webhooks before the app, each once, also when another one fails', async () => {
    const heard: string[] = []
    let failures = 1
    const bench = await createBench({
      plugins: [
        plugin({ on: { 'organization.updated': () => void heard.push('first') } }, 'first'),
        plugin({ onOther: ({ type }) => void heard.push(`second ${type}`) }, 'second'),
      ],
      webhooks: {
        secret: webhookSecret,
        on: {
          'organization.updated': () => {
            heard.push('app')
            failures -= 1
            if (failures === 0) throw new Error('not yet')
          },
        },
      },
    })
    const body = eventBody('organization.updated')
    const send = async () => {
      const headers = await signedHeaders(body, { timestamp: bench.now })
      return bench.kit.handle(new Request('https://app.example/auth/webhooks', { method: 'POST', body, headers }))
    }
    await expect(send()).rejects.toThrow('not yet')
    expect((await send())?.status).toBe(200)
    expect(heard).toEqual(['first', 'second organization.updated', 'app', 'app'])
  })

  it('webhooks whoever else fails: the app loses nothing to a plugin', async () => {
    const heard: string[] = []
    const failing = plugin({
      onOther() {
        heard.push('plugin')
        throw new Error('never')
      },
    })
    const webhooks = { secret: webhookSecret, onOther: () => void heard.push('app') }
    const bench = await createBench({ plugins: [failing], webhooks })
    const body = eventBody('organization.updated')
    const send = async () => {
      const headers = await signedHeaders(body, { timestamp: bench.now })
      return bench.kit.handle(new Request('https://app.example/auth/webhooks', { method: 'POST', body, headers }))
    }
    await expect(send()).rejects.toThrow('never')
    await expect(send()).rejects.toThrow('never')
    expect(heard).toEqual(['plugin', 'app', 'plugin'])
  })

  it('webhooks for as long as one claim, all of them together', async () => {
    const heard: string[] = []
    const slow = (name: string) =>
      plugin({ onOther: () => new Promise((done) => setTimeout(() => done(void heard.push(name)), 200_000)) }, name)
    const webhooks = { secret: webhookSecret, onOther: () => void heard.push('app') }
    const bench = await createBench({ plugins: [slow('first'), slow('second')], webhooks })
    const body = eventBody('organization.updated')
    const headers = await signedHeaders(body, { timestamp: bench.now })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const request = new Request('https://app.example/auth/webhooks', { method: 'POST', body, headers })
      const answer = bench.kit.handle(request).catch((error: Error) => error)
      // Hashes are made off this thread, in time that is not faked: it goes on only while somebody waits for it.
      for (let second = 0; second < 320; ) {
        await new Promise((resolve) => setImmediate(resolve))
        if (vi.getTimerCount() === 0) continue
        await vi.advanceTimersByTimeAsync(1_000)
        second += 1
        if (second > 300) break
      }
      expect(await answer).toMatchObject({ message: 'The webhook handler did not end.' })
      // The app is not begun any more: another delivery may be at it.
      expect(heard).toEqual(['first'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('events of the kit; one that throws silences nobody', async () => {
    const heard: string[] = []
    const bench = await createBench({
      plugins: [
        plugin({
          onEvent() {
            throw new Error('canary')
          },
        }),
        plugin({ onEvent: ({ type }) => void heard.push(type) }, 'listening'),
      ],
    })
    await bench.signedIn()
    expect(heard).toContain('login_completed')
    expect(bench.eventsOf('login_completed')).toHaveLength(1)
  })
})

describe('what the kit gives a plugin', () => {
  const kitOf = async () => {
    const kits: PluginKit[] = []
    const tested = plugin((kit) => {
      kits.push(kit)
      return {}
    })
    const bench = await createBench({ plugins: [tested] })
    const [kit] = kits
    if (kit === undefined) throw new Error('not set up')
    return { kit, bench }
  }

  it('its settings without a secret, addresses, a place in the process and reports', async () => {
    const { kit, bench } = await kitOf()
    expect(kit.settings().issuer).toMatch(/^https:\/\/auth-/)
    expect(kit.urlOf('things')).toBe('https://app.example/auth/things')
    expect(kit.urlOf('/things')).toBe('https://app.example/things')
    expect(kit.slot('one', () => ({}))).toBe(kit.slot('one', () => ({})))
    kit.report('something', { count: 1 })
    expect(bench.eventsOf('plugin')).toEqual([
      { type: 'plugin', at: bench.now, plugin: 'tested', event: 'something', details: { count: 1 } },
    ])
  })

  it('no secret', async () => {
    const { kit } = await kitOf()
    expect(JSON.stringify(kit.settings())).not.toMatch(/canary|q3Z7m/)
  })

  it('the end of sessions', async () => {
    const { kit, bench } = await kitOf()
    const browser = await bench.signedIn()
    await kit.endSessions({ scope: 'sub', userId: 'usr_ada', at: bench.now })
    expect(await browser.user()).toBeNull()
    expect(bench.eventsOf('sessions_ended')).toMatchObject([{ by: 'plugin', scope: 'sub' }])
  })

  it('a question to Scalekit at the next request', async () => {
    const { kit, bench } = await kitOf()
    const browser = await bench.signedIn()
    await kit.refreshSessions({ userId: 'usr_ada', organizationId: 'org_1' })
    await browser.user()
    expect(bench.eventsOf('session_refreshed')).toHaveLength(1)
  })

  it('a limit by key, whose window ends', async () => {
    const { kit, bench } = await kitOf()
    const limit = createRateLimit(kit, { name: 'calls', max: 2, seconds: 10 })
    limit('a')
    limit('a')
    limit('b')
    expect(() => limit('a')).toThrow(PluginError)
    bench.now += 10
    expect(() => limit('a')).not.toThrow()
  })
})

describe('what plugins share', () => {
  const kitOf = () => {
    const kits: PluginKit[] = []
    const hearing = (name: string) =>
      plugin((kit) => {
        kits.push(kit)
        return {}
      }, name)
    return { kits, plugins: [hearing('first'), hearing('second')] }
  }

  it('is known to every process that has the store, and to no other plugin', async () => {
    const { kits, plugins } = kitOf()
    const bench = await createBench({ plugins, store: memoryStore() })
    bench.another()
    const [first, second, firstElsewhere] = kits
    expect(await first!.shared.set('name', 'here', 60, 'absent')).toBe(true)
    expect(await firstElsewhere!.shared.set('name', 'there', 60, 'absent')).toBe(false)
    expect(await firstElsewhere!.shared.get('name')).toBe('here')
    expect(await second!.shared.get('name')).toBeUndefined()
    expect(await firstElsewhere!.shared.delete('name', { is: 'there' })).toBe(false)
    expect(await firstElsewhere!.shared.delete('name', { is: 'here' })).toBe(true)
    expect(await first!.shared.get('name')).toBeUndefined()
  })

  it('is of one process without a store', async () => {
    const { kits, plugins } = kitOf()
    const bench = await createBench({ plugins })
    bench.another()
    await kits[0]!.shared.set('name', 'here', 60)
    expect(await kits[0]!.shared.get('name')).toBe('here')
    expect(await kits[2]!.shared.get('name')).toBeUndefined()
  })
})

describe('a check', () => {
  const check = (allows: Check['allows']): Check => ({ name: 'feature:sso', allows })
  const ask = async (...checks: readonly Check[]) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    return browser.page(async (context) => (await context.authorize({ checks })).refusal, { as: 'fetch' })
  }
  it('lets through for whom it holds, and names itself to others', async () => {
    expect(await ask(check(() => true))).toBeUndefined()
    const refusal = await ask(
      check(() => true),
      check(async () => false),
    )
    expect([refusal?.status, await refusal?.json()]).toMatchObject([403, { code: 'forbidden', check: 'feature:sso' }])
  })

  it('may be an object of a class', async () => {
    class Feature implements Check {
      readonly name = 'feature:sso'
      readonly on = true
      allows() {
        return this.on
      }
    }
    expect(await ask(new Feature())).toBeUndefined()
  })

  it('holds for nothing but true', async () => {
    expect((await ask(check(() => ({}) as unknown as boolean)))?.status).toBe(403)
  })

  it('is not asked about somebody who lacks the rest', async () => {
    let asked = false
    const spy = check(() => {
      asked = true
      return true
    })
    const browser = await (await createBench()).signedIn()
    await browser.page((context) => context.authorize({ permissions: ['sk_org_sso_manage'], checks: [spy] }))
    expect(asked).toBe(false)
  })
})

describe('plugins that cannot be', () => {
  const problem = (...plugins: readonly Plugin[]) => createBench({ plugins })
  it.each(['', 'Upper', 'with-dash', 'name', 'then'])('the name %j', async (name) => {
    await expect(problem(plugin({}, name))).rejects.toMatchObject({ code: 'configuration_invalid' })
  })
  it('two of one name', async () => {
    await expect(problem(plugin({}), plugin({}))).rejects.toThrow('is another plugin with the name "tested"')
  })
  it('a route that is taken', async () => {
    const get = { open: true as const, answer: async () => Response.json({}) }
    await expect(problem(plugin({ routes: { login: { get } } }))).rejects.toThrow('/auth/login, which is taken')
  })
  it('a route that is no path', async () => {
    const get = { open: true as const, answer: async () => Response.json({}) }
    await expect(problem(plugin({ routes: { '../x?y': { get } } }))).rejects.toThrow('which is none')
  })
  it.each([
    ['both guarded and open', { open: true, requires: {} }],
    ['neither', {}],
  ])('a route that is %s', async (_what, guard) => {
    const get = { ...guard, answer: async () => Response.json({}) } as never
    await expect(problem(plugin({ routes: { things: { get } } }))).rejects.toThrow('neither guarded nor open, or both')
  })
  it('a requirement that is misspelt', async () => {
    const { plugins } = posting({ permissions: ['sk_org_sso_mange'] })
    await expect(createBench({ plugins })).rejects.toThrow('did you mean "sk_org_sso_manage"?')
  })
  it('what is no plugin', async () => {
    await expect(problem({} as never)).rejects.toThrow('must be a plugin')
  })
  it('the name of something the kit has itself', () => {
    expect(() => plugInto({ session: 1 }, [plugin({}, 'session')], () => ({}))).toThrow('is taken by the kit itself')
  })
})

describe('helpers', () => {
  it('are on the kit by the name of the plugin, with their types', () => {
    const greetings = definePlugin({
      name: 'greetings',
      setUp: () => ({ api: { hello: (name: string) => `Hi ${name}` } }),
    })
    const { api = {} } = greetings.setUp({} as never)
    const auth = plugInto({ own: 1 }, [greetings] as const, () => ({ greetings: api }))
    const hello: string = auth.greetings.hello('Ada')
    expect([hello, auth.own]).toEqual(['Hi Ada', 1])
  })
})
