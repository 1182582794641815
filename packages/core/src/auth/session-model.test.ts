import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Person } from '../test/fake-provider.js'
import { type Bench, createBench } from '../test/fixture.js'
import type { TestBrowser } from '../test/test-browser.js'

/** What happened, as the pure model sees it. */
type Step =
  | { readonly do: 'login'; readonly browser: number; readonly person: number }
  | { readonly do: 'copy'; readonly from: number; readonly to: number }
  | { readonly do: 'request' | 'refresh' | 'logout'; readonly browser: number }
  | { readonly do: 'backchannel'; readonly by: 'sid' | 'sub'; readonly browser: number }
  | { readonly do: 'restart' }
  | { readonly do: 'outage' }
  | { readonly do: 'wait'; readonly seconds: number }

/** One login of the model: copies of a cookie share it. */
interface Login {
  readonly person: Person
  readonly at: number
  ended: boolean
}

const people = ['ada', 'bob'].map((name) => ({ sub: `usr_${name}`, oid: 'org_1' }))
const absolute = 6000

/** Three browsers and their providers' sessions, and who may be signed in where. */
class Model {
  readonly browsers: (Login | undefined)[] = [undefined, undefined, undefined]
  readonly logins: Login[] = []
  now = 0

  login(browser: number, person: Person): void {
    const before = this.browsers[browser]
    // The session that was there is over, also in every copy (attack row 76).
    if (before !== undefined) before.ended = true
    const login = { person, at: this.now, ended: false }
    this.browsers[browser] = login
    this.logins.push(login)
  }

  isIn(browser: number): boolean {
    const login = this.browsers[browser]
    if (login === undefined || login.ended) return false
    return this.now < login.at + absolute
  }
}

const browserIndex = fc.nat(2)
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('login' as const), browser: browserIndex, person: fc.nat(1) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('request', 'refresh', 'request'), browser: browserIndex }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logout' as const), browser: browserIndex }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('copy' as const), from: browserIndex, to: browserIndex }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('backchannel' as const),
      by: fc.constantFrom('sid', 'sub'),
      browser: browserIndex,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 30, 250, 299, 301, 900) }),
  },
) as fc.Arbitrary<Step>

describe('F12 the life of sessions', () => {
  it('I1 I2 I3: nobody is lost by an outage or a restart, nobody logged out stays in, nobody is somebody else', async () => {
    let logins = 0
    const run = async (steps: readonly Step[]): Promise<void> => {
      const bench = await createBench({ session: { absolute } })
      const browsers = Array.from({ length: 3 }, () => bench.browser())
      const model = new Model()
      model.now = bench.now
      const pass = (seconds: number) => {
        bench.now += seconds
        model.now = bench.now
      }
      for (const step of steps) {
        await act(bench, browsers, model, step, pass, () => `ses_${++logins}`)
        await check(bench, browsers, model)
        // What happens in one second has no order (attack row 236); the model speaks of the order.
        pass(1)
      }
    }
    await fc.assert(fc.asyncProperty(fc.array(stepArbitrary, { minLength: 5, maxLength: 25 }), run), {
      numRuns: 60,
      interruptAfterTimeLimit: 20_000,
    })
  }, 60_000)
})

async function act(
  bench: Bench,
  browsers: TestBrowser[],
  model: Model,
  step: Step,
  pass: (seconds: number) => void,
  nextSid: () => string,
): Promise<void> {
  switch (step.do) {
    case 'login': {
      const person: Person = { ...people[step.person]!, sid: nextSid() }
      const answer = await browsers[step.browser]!.login(person, '?prompt=login')
      expect(answer.status).toBe(303)
      model.login(step.browser, person)
      return
    }
    case 'copy': {
      const { from, to } = step
      browsers[to] = browsers[from]!.copy()
      model.browsers[to] = model.browsers[from]
      return
    }
    case 'request':
      await browsers[step.browser]!.user()
      return
    case 'refresh': {
      // Copies hold the token that is spent now. They find its successor while that lives, so they come by in time.
      const login = model.browsers[step.browser]
      const copies = browsers.filter((_, index) => index !== step.browser && model.browsers[index] === login)
      await browsers[step.browser]!.route('/auth/refresh')
      if (login !== undefined) for (const copy of copies) await copy.route('/auth/refresh')
      return
    }
    case 'logout': {
      await browsers[step.browser]!.route('/auth/logout', { form: {} })
      const login = model.browsers[step.browser]
      if (login !== undefined) {
        bench.provider.end(login.person.sid)
        login.ended = true
      }
      model.browsers[step.browser] = undefined
      return
    }
    case 'backchannel': {
      const person = model.browsers[step.browser]?.person ?? { ...people[0]!, sid: 'ses_unknown' }
      const ends = (login: Login) =>
        step.by === 'sid' ? login.person.sid === person.sid : login.person.sub === person.sub
      // The provider ends its sessions first and tells of it then.
      for (const login of model.logins.filter(ends)) {
        login.ended = true
        bench.provider.end(login.person.sid)
      }
      const target = step.by === 'sid' ? { sid: person.sid, sub: undefined } : { sub: person.sub, sid: undefined }
      expect((await bench.backchannel(target)).status).toBe(200)
      return
    }
    case 'restart':
      bench.restart()
      return
    case 'outage': {
      // For half a minute every call to the token endpoint fails.
      const refuse = () => new Response('', { status: 503 })
      bench.provider.answers.push(...Array.from({ length: 20 }, () => refuse))
      // I4: an outage authenticates nobody.
      for (const [index, browser] of browsers.entries()) {
        const status = await browser.status()
        if (!model.isIn(index)) expect(status).not.toBe(200)
      }
      bench.provider.answers.length = 0
      pass(31)
      return
    }
    case 'wait':
      pass(step.seconds)
  }
}

/** Copies are asked, so that looking changes no browser; a copy that refreshes gives its cookie back, as one browser would. */
async function check(bench: Bench, browsers: TestBrowser[], model: Model): Promise<void> {
  for (const [index, browser] of browsers.entries()) {
    const user = await browser.user()
    const login = model.browsers[index]
    const expected = model.isIn(index) ? (login?.person.sub ?? null) : null
    expect({ browser: index, at: bench.now, user }).toEqual({ browser: index, at: bench.now, user: expected })
  }
}
