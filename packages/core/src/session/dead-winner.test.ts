import { describe, expect, it } from 'vitest'
import { refreshes, several } from '../test/several-processes.js'

describe.each(['cookie', 'store'] as const)(
  'a process that dies in the middle of a refresh, sessions in the %s',
  (storage) => {
    it('SEC-182 I1 before it has asked: the next one waits for its lock to end, and refreshes', async () => {
      const { bench, pass, kill, connections } = await several(storage)
      const browser = await bench.signedIn()
      const other = browser.copy().at(bench.another())
      pass(400)
      connections[0]!.condition = ({ key }) => {
        if (!key.endsWith(':lock')) return 'up'
        // Carried out; then the process is gone.
        setTimeout(() => kill(0))
        return 'up'
      }
      const asked = bench.provider.tokenCalls.length
      bench.provider.answers.push(() => new Promise(() => undefined))
      void browser.status()
      await expect.poll(() => bench.provider.tokenCalls.length).toBe(asked + 1)
      const waiting = other.status()
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(refreshes(bench)).toBe(1)
      pass(3)
      expect(await waiting).toBe(200)
      expect(bench.eventsOf('session_ended')).toEqual([])
    })

    it('SEC-182 whoever waits longer than the lock lives is told 503, and comes back', async () => {
      const { bench, pass, kill } = await several(storage)
      const browser = await bench.signedIn()
      const other = browser.copy().at(bench.another())
      pass(400)
      bench.provider.answers.push(() => {
        kill(0)
        return new Promise(() => undefined)
      })
      void browser.status()
      await expect.poll(() => refreshes(bench)).toBe(1)
      const begun = performance.now()
      expect(await other.status()).toBe(503)
      expect(performance.now() - begun).toBeLessThan(4000)
      expect(bench.eventsOf('refresh_failed').map(({ reason }) => reason)).toContain('refresh_under_way')
      pass(3)
      expect(await other.status()).toBe(200)
    }, 15_000)

    it('SEC-183 after the provider has rotated, without a grace: signed out once, cleanly, and in again', async () => {
      const { bench, pass, kill } = await several(storage)
      const browser = await bench.signedIn()
      const other = browser.copy().at(bench.another())
      pass(400)
      bench.provider.answers.push(async (_form, good) => {
        await good()
        kill(0)
        return new Promise(() => undefined)
      })
      void browser.status()
      await expect.poll(() => refreshes(bench)).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      pass(3)
      expect([await other.status(), await other.status()]).toEqual([401, 401])
      expect(refreshes(bench)).toBe(2)
      expect(bench.eventsOf('session_ended').map(({ reason }) => reason)).toEqual(['invalid_grant'])
      expect((await other.route('/auth/login')).status).toBe(303)
    })

    it('SEC-183 I1 after the tokens have come and before they are verified: another one goes on with them', async () => {
      const { bench, pass, kill } = await several(storage)
      const browser = await bench.signedIn()
      const other = browser.copy().at(bench.another())
      pass(400)
      // Keys that are away keep the tokens waiting; in between the process dies.
      bench.provider.claims.access = { iat: bench.now + 500, nbf: bench.now + 500, exp: bench.now + 1000 }
      expect(await browser.status()).toBe(503)
      kill(0)
      pass(501)
      expect(await other.status()).toBe(200)
      expect(refreshes(bench)).toBe(1)
    })
  },
)

/** Somebody is refreshed by a process that loses the store before it can tell; another process has the cookie of before. */
async function untold() {
  const { bench, pass, connections } = await several('cookie')
  const browser = await bench.signedIn()
  const other = browser.copy().at(bench.another())
  const store = (condition: 'up' | 'down') => Object.assign(connections[0] ?? {}, { condition })
  pass(400)
  bench.provider.answers.push(async (_form, good) => {
    store('down')
    return good()
  })
  expect(await browser.status()).toBe(200)
  return { bench, pass, other, findsBack: () => store('up') }
}

it('I1 a winner that could not tell, and whose lock has ended: another one that is refused hears it after all', async () => {
  const { bench, pass, other, findsBack } = await untold()
  pass(10)
  findsBack()
  expect(await other.status()).toBe(200)
  expect(refreshes(bench)).toBe(2)
  expect(bench.eventsOf('session_ended')).toEqual([])
})

it.each(['cookie', 'store'] as const)(
  'I1 a winner that finds back to the store after another one has asked: nobody goes on refusing, sessions in the %s',
  async (storage) => {
    const { bench, pass, connections } = await several(storage)
    const browser = await bench.signedIn()
    const [other, third] = [browser.copy().at(bench.another()), browser.copy().at(bench.another())]
    pass(400)
    bench.provider.answers.push(async (_form, good) => {
      const answer = await good()
      for (const connection of connections) connection.condition = 'down'
      return answer
    })
    await browser.copy().status()
    // Longer than the lock; then the winner is the last to hear that the store is back.
    pass(12)
    expect(await other.status()).toBe(503)
    pass(2)
    for (const connection of connections.slice(1)) connection.condition = 'up'
    const asked = other.status()
    await new Promise((resolve) => setTimeout(resolve, 800))
    connections[0]!.condition = 'up'
    expect(await asked).toBe(200)
    pass(61)
    expect([await third.status(), await other.status(), await browser.status()]).toEqual([200, 200, 200])
    expect(bench.eventsOf('session_ended')).toEqual([])
  },
)

it('I1 a refusal that was believed too soon ends where the winner can tell after all', async () => {
  const { pass, other, findsBack } = await untold()
  pass(12)
  expect(await other.status()).toBe(401)
  findsBack()
  await expect.poll(() => other.status(), { timeout: 3000 }).toBe(200)
})

it('SEC-183 I1 a refusal that comes after the lock has ended spares the tokens that another one has kept meanwhile', async () => {
  const { bench, pass } = await several('cookie')
  const browser = await bench.signedIn()
  const other = browser.copy().at(bench.another())
  pass(400)
  bench.provider.answers.push(async (_form, good) => {
    pass(10)
    // Not to be verified yet.
    bench.provider.claims.access = { iat: bench.now + 500, nbf: bench.now + 500, exp: bench.now + 1000 }
    expect(await other.status()).toBe(503)
    return good()
  })
  expect(await browser.status()).toBe(503)
  pass(501)
  expect([await browser.status(), await other.status()]).toEqual([200, 200])
  expect(refreshes(bench)).toBe(2)
  expect(bench.eventsOf('session_ended')).toEqual([])
})

it('SEC-183 tokens that one has kept and then refuses end the session for all', async () => {
  const { bench, pass } = await several('cookie')
  const browser = await bench.signedIn()
  const other = browser.copy().at(bench.another())
  pass(400)
  bench.provider.claims.access = { sub: 'usr_mallory' }
  expect([await browser.status(), await other.status()]).toEqual([401, 401])
  expect(refreshes(bench)).toBe(1)
  expect(bench.eventsOf('session_ended').map(({ reason }) => reason)).toEqual(['subject_changed'])
})

it('SEC-183 I1 the lock is not given back before the tokens are told, though that part of the store answers', async () => {
  const { bench, pass, connections } = await several('cookie')
  const browser = await bench.signedIn()
  const other = browser.copy().at(bench.another())
  pass(400)
  connections[0]!.condition = ({ key, method }) =>
    method === 'set' && key.startsWith('refresh:') && !key.endsWith(':lock') ? 'down' : 'up'
  expect(await browser.status()).toBe(200)
  const asked = other.status()
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(refreshes(bench)).toBe(1)
  connections[0]!.condition = 'up'
  expect(await asked).toBe(200)
  expect(refreshes(bench)).toBe(1)
}, 15_000)

it('I8 two locks whose answers never came are both given back, and nobody waits for the first', async () => {
  const { bench, pass, connections } = await several('cookie')
  const browser = await bench.signedIn()
  const other = browser.copy().at(bench.another())
  pass(400)
  const connection = connections[0]!
  const cut = () => {
    connection.condition = ({ key, method }) => {
      if (!key.endsWith(':lock')) return 'up'
      return method === 'set' ? 'hang' : 'down'
    }
  }
  cut()
  expect(await browser.status()).toBe(503)
  pass(2)
  expect(await browser.status()).toBe(503)
  connection.condition = 'down'
  connection.condition = 'up'
  expect(await other.status()).toBe(200)
}, 15_000)

it('SEC-182 I5 whoever has waited for a dead one and then meets a provider that hangs gives up sooner', async () => {
  const { bench, pass, kill } = await several('cookie', { refresh: 4 })
  const browser = await bench.signedIn()
  const other = browser.copy().at(bench.another())
  pass(400)
  bench.provider.answers.push(
    () => {
      kill(0)
      return new Promise(() => undefined)
    },
    () => new Promise(() => undefined),
  )
  void browser.status()
  await expect.poll(() => refreshes(bench)).toBe(1)
  const waiting = other.status()
  await new Promise((resolve) => setTimeout(resolve, 2000))
  pass(6)
  await expect.poll(() => refreshes(bench)).toBe(2)
  const asked = performance.now()
  expect(await waiting).toBe(503)
  // Half of the deadline is left to a request that has waited; never less, because a token that is sent may be spent.
  const took = performance.now() - asked
  expect(took).toBeGreaterThan(1500)
  expect(took).toBeLessThan(3500)
  expect(bench.eventsOf('session_ended')).toEqual([])
}, 15_000)
