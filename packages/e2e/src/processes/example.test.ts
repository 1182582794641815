import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Control, createControl } from '@scalegate/emulator'
import { Browser, type Page } from '@scalegate/testing/audits'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { workspace } from '../consumers/tarballs.js'
import { applyDiff } from '../readme/diff.js'
import { Document } from '../readme/document.js'
import { usePage } from '../readme/running-page.js'
import { arrive, logIn, people } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { type Program, startProgram } from '../support/program.js'
import { hasRedis, type RedisServer, startRedis } from '../support/redis.js'
import { testSecret } from '../support/secret.js'

/** One process of the app; Scalekit tells `a` alone of log-outs. */
interface Instance {
  readonly origin: string
  readonly stop: Program['stop']
}

const frameworks = ['express', 'hono'] as const

describe.runIf(hasRedis()).each(frameworks)('two processes of examples/%s with one Redis', (framework) => {
  let redis: RedisServer
  let emulator: Program
  let control: Control
  let a: Instance
  let b: Instance
  let ada: Browser
  let environment: Readonly<Record<string, string>>

  beforeAll(async () => {
    redis = await startRedis('--appendonly', 'yes')
    emulator = await startProgram(['packages/emulator/dist/bin.js', '--port', '0', '--quiet'])
    control = createControl(emulator.address)
    const [client] = (await control.state()).clients
    const origins = await Promise.all([freeOrigin(), freeOrigin()])
    await control.updateClient(client?.id ?? '', {
      redirectUris: origins.map((origin) => `${origin}/auth/callback`),
      postLogoutRedirectUris: origins.map((origin) => `${origin}/`),
      backchannelLogoutUri: `${origins[0]}/auth/backchannel-logout`,
    })
    environment = {
      REDIS_URL: redis.url,
      SCALEKIT_ENVIRONMENT_URL: emulator.address,
      SCALEKIT_CLIENT_ID: client?.id ?? '',
      SCALEKIT_CLIENT_SECRET: client?.secret ?? '',
      COOKIE_ENCRYPTION_SECRET: testSecret,
    }
    ;[a, b] = await Promise.all([start(origins[0]), start(origins[1])])
  })
  afterAll(async () => {
    await Promise.all([a?.stop(), b?.stop(), emulator?.stop()])
    await redis?.remove()
  })
  // Cookies know no ports: one browser brings the same ones to both, as through a balancer.
  beforeEach(() => {
    ada = new Browser()
  })

  async function start(origin: string): Promise<Instance> {
    const own = { PORT: new URL(origin).port, APP_BASE_URL: origin }
    const { stop } = await startProgram([`examples/${framework}/server.js`], { ...environment, ...own })
    return { origin, stop }
  }

  const who = async (instance: Instance) => {
    const answer = await ada.fetch(`${instance.origin}/api/me`)
    return answer.status === 200 ? JSON.parse(answer.text).user.name : answer.status
  }

  it('know at one who signed in at the other', async () => {
    expect([await who(a), await who(b)]).toEqual([401, 401])
    await logIn(ada, a)
    expect([await who(a), await who(b)]).toEqual(['Ada Admin', 'Ada Admin'])
  })

  it('forget at one who logged out at the other, also by a copy of the cookie', async () => {
    await logIn(ada, a)
    const copy = ada.copy()
    expect(await who(b)).toBe('Ada Admin')
    await logOut(ada, b.origin)
    ada = copy
    expect(await within(2, () => who(a))).toBe(401)
    expect(await who(b)).toBe(401)
  })

  it('forget at one whom Scalekit has signed out, of which it told the other', async () => {
    await logIn(ada, b)
    expect(await who(b)).toBe('Ada Admin')
    const { sessions } = await control.state()
    await control.revokeSession(sessions.at(-1)?.id ?? '')
    expect(await within(2, () => who(b))).toBe(401)
    expect(await who(a)).toBe(401)
  })

  it('keep a session over a restart of one of them', async () => {
    await logIn(ada, a)
    expect(await who(b)).toBe('Ada Admin')
    await b.stop()
    b = await start(b.origin)
    expect(await who(b)).toBe('Ada Admin')
  })

  it('answer 503 to who is signed in while Redis is down, and know them when it is back', async () => {
    await logIn(ada, a)
    await redis.kill()
    expect(await within(5, () => who(b), 503)).toBe(503)
    expect((await new Browser().navigate(`${b.origin}/`)).status).toBe(200)
    expect((await ada.navigate(`${b.origin}/projects`)).status).toBe(503)
    await redis.start()
    expect(await within(8, () => who(b), 'Ada Admin')).toBe('Ada Admin')
  })

  it('end by themselves when they are told to', async () => {
    const { stop } = await start(await freeOrigin())
    const toldAt = performance.now()
    await stop()
    // After five seconds they would be killed.
    expect(performance.now() - toldAt).toBeLessThan(3000)
  })
})

/** The first answer that is as expected, or the last one after so many seconds. */
async function within<Answer>(seconds: number, ask: () => Promise<Answer>, expected: unknown = 401): Promise<Answer> {
  const end = performance.now() + seconds * 1000
  let answer = await ask()
  while (answer !== expected && performance.now() < end) {
    await sleep(20)
    answer = await ask()
  }
  return answer
}

const page = new Document('docs/how-to/run-on-several-instances.md')

describe('the page about several instances', () => {
  it('shows the lines by which examples/express differs from an app of one process', () => {
    const diff = page.under('The lines in an app that you have', 'diff')
    const added = diff.split('\n').filter((line) => line.startsWith('+'))
    const app = readFileSync(`${workspace}examples/express/app.js`, 'utf8')
    const before = added.reduce((text, line) => text.replace(`${line.slice(1)}\n`, ''), app)
    expect(added.length).toBeGreaterThan(0)
    expect(before.length).toBeLessThan(app.length)
    expect(applyDiff(before, diff)).toBe(app)
  })

  it('gives the rights that the tests of @scalegate/redis get by with', () => {
    const line = /^ACL SETUSER .+$/m
    const [rights] = line.exec(readFileSync(`${workspace}packages/redis/README.md`, 'utf8')) ?? []
    expect(line.exec(page.under('What Redis has to be', 'text'))?.[0]).toBe(rights)
  })
})

describe.runIf(hasRedis()).each(['express', 'hono'] as const)('its program on %s', (framework) => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis('--appendonly', 'yes')
  })
  afterAll(() => redis?.remove())
  const app = usePage(page, framework, { env: async () => ({ REDIS_URL: redis.url }) })

  it('answers 503 while Redis is down, and goes on when it is back', async () => {
    const ada = new Browser()
    const max = new Browser()
    const home = async () => (await ada.fetch(`${app().origin}/`)).status
    await logIn(ada, app())
    expect(await home()).toBe(200)
    const { callback } = await arrive(max, app(), { user: people.max })

    await redis.kill()
    expect(await within(5, home, 503)).toBe(503)
    expect(await refused(ada.fetch(`${app().origin}/`))).toEqual([503, 'store_unavailable'])
    expect((await logOut(ada, app().origin)).status).toBe(503)
    expect((await max.navigate(callback.href)).status).toBe(503)
    expect((await new Browser().navigate(`${app().origin}/`)).next).toContain('/auth/login')

    await redis.start()
    expect(await within(8, home, 200)).toBe(200)
    // The code was not spent, however often the page was loaded.
    const arriving = async () => (await max.navigate(callback.href)).status
    expect(await within(8, arriving, 303)).toBe(303)
    expect((await max.fetch(`${app().origin}/`)).status).toBe(200)
    expect(app().output()).toMatch(/"redis":\{"type":"lost"/)
  })

  it('ends by itself when it is told to', async () => {
    const toldAt = performance.now()
    await app().end()
    expect(performance.now() - toldAt).toBeLessThan(3000)
  })
})

const refused = async (answer: Promise<Page>) => {
  const { status, text } = await answer
  return [status, JSON.parse(text).code]
}

/** By the form of the app's own page. */
function logOut(browser: Browser, origin: string): Promise<Page> {
  return browser.navigate(`${origin}/auth/logout`, { form: {}, from: `${origin}/` })
}

async function freeOrigin(): Promise<string> {
  const { port, close } = await listen()
  await close()
  return `http://127.0.0.1:${port}`
}
