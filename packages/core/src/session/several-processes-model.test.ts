import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../state/memory-store.js'
import type { Person } from '../test/fake-provider.js'
import { type FaultyStore, faultyStore } from '../test/faulty-store.js'
import { type Bench, createBench, start } from '../test/fixture.js'
import { type ReachedApp, relative, type TestBrowser } from '../test/test-browser.js'

const people = ['usr_ada', 'usr_bob', 'usr_gil'] as const

/** What somebody knows who sees everything: which session a browser has, and whether it lives. */
interface ModelSession {
  readonly person: Person
  readonly at: number
  life: 'alive' | 'dead'
}

interface ModelBrowser {
  readonly browser: TestBrowser
  session: ModelSession | undefined
  /**
   * False: another copy of the cookie may have spent its refresh token since, or the store has lost what it knew. Then it
   * may be refused, and must not be taken for another. In a store there is one state for all copies.
   */
  certain: boolean
}

class World {
  readonly browsers: ModelBrowser[] = []
  readonly apps: ReachedApp[]
  readonly storage: 'cookie' | 'store'
  readonly bench: Bench
  readonly store: FaultyStore
  readonly time: { now: number }
  isUp = true
  logins = 0

  constructor(input: Pick<World, 'storage' | 'bench' | 'store' | 'time'>) {
    this.storage = input.storage
    this.bench = input.bench
    this.store = input.store
    this.time = input.time
    this.apps = [input.bench, input.bench.another(), input.bench.another()]
    for (let i = 0; i < 3; i++)
      this.browsers.push({ browser: input.bench.browser(), session: undefined, certain: true })
  }

  pass(seconds: number): void {
    this.bench.now += seconds
    this.time.now = this.bench.now
  }

  get sessions(): readonly ModelSession[] {
    return [...new Set(this.browsers.flatMap(({ session }) => session ?? []))]
  }

  get refreshes(): number {
    return this.bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length
  }
}

interface Step {
  readonly name: string
  readonly run: (world: World) => Promise<void>
}

/** Whom the app sees, or 503. A session shows the data of its own person and of nobody else (I3). */
async function seen(world: World, browser: TestBrowser): Promise<string | null | 503> {
  return browser.page(async (context) => {
    const answer = await context.session().catch((error: { code?: string }) => {
      if (error.code === 'store_unavailable' || error.code === 'refresh_unavailable') return 503 as const
      throw error
    })
    if (answer === null || answer === 503) return answer
    expect(answer.user.email).toBe(`${answer.user.id}@corp.example`)
    const known = world.sessions.find(({ person }) => person.sid === answer.sid)
    expect(known?.person.sub).toBe(answer.user.id)
    return answer.user.id
  })
}

function check(world: World, model: ModelBrowser, answer: string | null | 503): void {
  const { session, certain } = model
  if (session === undefined) expect(answer).toBeNull()
  else if (!world.isUp) expect(answer).toBe(503)
  // I2
  else if (session.life === 'dead') expect(answer).toBeNull()
  // I1
  else if (certain) expect(answer).toBe(session.person.sub)
  else expect([session.person.sub, null]).toContain(answer)
}

const pick = fc.nat({ max: 5 })
const process = fc.nat({ max: 2 })
const at = (world: World, index: number) => world.browsers[index % world.browsers.length] as ModelBrowser
const appOf = (world: World, index: number) => world.apps[index] as ReachedApp

const request = fc.tuple(pick, fc.array(process, { minLength: 1, maxLength: 3 })).map(
  ([who, processes]): Step => ({
    name: `browser ${who} asks ${processes.join(' and ')}`,
    async run(world) {
      const model = at(world, who)
      const before = world.refreshes
      const answers = await Promise.all(processes.map((index) => seen(world, model.browser.at(appOf(world, index)))))
      for (const answer of answers) check(world, model, answer)
      const hasRotated = world.refreshes > before
      if (hasRotated && world.storage === 'cookie')
        for (const other of world.browsers)
          if (other !== model && other.session === model.session) other.certain = false
    },
  }),
)

const login = fc.tuple(pick, process, fc.constantFrom(...people)).map(
  ([who, index, sub]): Step => ({
    name: `browser ${who} logs in as ${sub} at ${index}`,
    async run(world) {
      const model = at(world, who)
      world.logins += 1
      const person = { sub, sid: `ses_${sub}_${world.logins}`, oid: 'org_1' }
      const browser = model.browser.at(appOf(world, index))
      const address = relative(await browser.startLogin(person, '?prompt=login'))
      const answer = await browser.route(address)
      expect(answer.status).toBe(world.isUp ? 303 : 503)
      if (!world.isUp) return
      if (model.session !== undefined) model.session.life = 'dead'
      model.session = { person, at: world.bench.now, life: 'alive' }
      model.certain = true
    },
  }),
)

const logout = fc.tuple(pick, process).map(
  ([who, index]): Step => ({
    name: `browser ${who} logs out at ${index}`,
    async run(world) {
      const model = at(world, who)
      const answer = await model.browser.at(appOf(world, index)).route('/auth/logout', { form: {} })
      if (model.session === undefined) return expect(answer.status).toBe(200)
      expect(answer.status).toBe(world.isUp ? 200 : 503)
      if (!world.isUp) return
      model.session.life = 'dead'
      model.session = undefined
      model.certain = true
    },
  }),
)

const copy = pick.map(
  (who): Step => ({
    name: `somebody copies browser ${who}`,
    async run(world) {
      const { browser, session, certain } = at(world, who)
      if (world.browsers.length < 6) world.browsers.push({ browser: browser.copy(), session, certain })
    },
  }),
)

const backchannel = fc.tuple(pick, process, fc.boolean()).map(
  ([who, index, everywhere]): Step => ({
    name: `the provider ends ${everywhere ? 'everything of the person' : 'the session'} of browser ${who} at ${index}`,
    async run(world) {
      const { session } = at(world, who)
      if (session === undefined) return
      const { sub, sid } = session.person
      const ended = world.sessions.filter(({ person }) => (everywhere ? person.sub === sub : person.sid === sid))
      const token = await world.bench.provider.logoutToken(everywhere ? { sub, sid: undefined } : { sid })
      const answer = await world.bench
        .browser()
        .at(appOf(world, index))
        .route('/auth/backchannel-logout', { as: 'fetch', site: 'cross-site', form: { logout_token: token } })
      expect(answer.status).toBe(world.isUp ? 200 : 400)
      if (!world.isUp) return
      for (const each of ended) {
        each.life = 'dead'
        world.bench.provider.end(each.person.sid)
      }
    },
  }),
)

const wait = fc.constantFrom(30, 280, 400).map(
  (seconds): Step => ({
    name: `${seconds} seconds pass`,
    run: async (world) => world.pass(seconds),
  }),
)

const restart = process.map(
  (index): Step => ({
    name: `process ${index} restarts`,
    async run(world) {
      world.apps[index] = world.bench.another()
      // What it alone knew of spent tokens is gone.
      if (world.storage === 'cookie') markCopies(world)
    },
  }),
)

const outage = fc.constantFrom('down' as const, 'up' as const).map(
  (condition): Step => ({
    name: `the store is ${condition}`,
    async run(world) {
      world.store.condition = condition
      world.isUp = condition === 'up'
    },
  }),
)

const lost = fc.constant<Step>({
  name: 'the store loses its data',
  async run(world) {
    world.store.empty()
    for (const model of world.browsers) {
      if (world.storage === 'cookie') model.certain = false
      else if (model.session !== undefined) model.session.life = 'dead'
    }
  },
})

function markCopies(world: World): void {
  for (const model of world.browsers)
    if (world.browsers.some((other) => other !== model && other.session === model.session)) model.certain = false
}

const step = fc.oneof(
  { weight: 6, arbitrary: request },
  { weight: 3, arbitrary: login },
  { weight: 2, arbitrary: logout },
  { weight: 2, arbitrary: wait },
  { weight: 2, arbitrary: backchannel },
  { weight: 2, arbitrary: outage },
  { weight: 1, arbitrary: copy },
  { weight: 1, arbitrary: restart },
  { weight: 1, arbitrary: lost },
)

const steps = fc.array(step, { minLength: 5, maxLength: 40 }).map((list) => ({
  list,
  [fc.toStringMethod]: () => list.map(({ name }) => name).join('\n'),
}))

describe.each(['cookie', 'store'] as const)('three processes on one store, sessions in the %s', (storage) => {
  it('F8 F12 F24 I1 I2 I3 I6 nothing that happens to them loses, revives or mixes up a session', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async ({ list }) => {
        const time = { now: start }
        const store = faultyStore(() => memoryStore({ clock: () => time.now }))
        const bench = await createBench({ store, session: { storage }, revocation: { maxStaleness: 0 } })
        const world = new World({ storage, bench, store, time })
        world.pass(10)
        for (const { run } of list) {
          await run(world)
          world.pass(1)
        }
        store.condition = 'up'
        world.isUp = true
        world.pass(2)
        for (const model of world.browsers) check(world, model, await seen(world, model.browser.at(appOf(world, 1))))
        // I6: each call to the token endpoint is a rotation, or the end of a session.
        const refused = bench.eventsOf('session_ended').filter(({ reason }) => reason === 'invalid_grant').length
        expect(world.refreshes).toBe(bench.eventsOf('session_refreshed').length + refused)
        if (storage === 'store') expect(refused).toBe(0)
        expect(bench.eventsOf('record_refused')).toEqual([])
      }),
      { numRuns: 100 },
    )
  }, 120_000)
})
