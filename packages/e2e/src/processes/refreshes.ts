import { describe, expect, it } from 'vitest'
import { publicOrigin } from './fleet.js'
import { lockLife, type Scene } from './scene.js'
import { at, type Visitor } from './visitor.js'

/** One refresh for many requests, whatever becomes of the process that makes it. The provider grants no grace. */
export function refreshRows(scene: () => Scene): void {
  const apps = () => scene().fleet.apps
  const provider = () => scene().fleet.provider
  const forget = () => provider().control.clearRequests()

  async function expectRefreshes(statuses: readonly number[]): Promise<void> {
    expect((await provider().refreshes()).map(({ status }) => status)).toEqual(statuses)
  }

  const rotationsOf = async ({ sid }: Visitor) =>
    (await provider().refreshes()).filter((call) => call.sid === sid && call.status === 200).length

  /** A process that dies at a moment of its refresh, and what comes of the session in the others. */
  async function dying(visitor: Visitor, moment: { when: 'before' | 'after'; key: string; count?: number }) {
    const victim = await scene().fleet.start()
    await victim.order('arm', { method: 'set', ...moment })
    const copy = visitor.copy()
    await expect(visitor.ask(victim)).rejects.toThrow()
    await victim.ended
    const since = performance.now()
    const { status } = await copy.ask()
    return { status, taken: performance.now() - since }
  }
  const lock = 'refresh:.*:lock$'
  const entry = 'refresh:[^:]*$'

  describe('refreshes', () => {
    it('SEC-178 I1 I6 fifty requests over four processes make one token call, and a late one none', async () => {
      const visitor = await scene().expired()
      const late = visitor.copy()
      await forget()
      expect(new Set(await visitor.statuses(50))).toEqual(new Set([200]))
      expect(await late.status()).toBe(200)
      await expectRefreshes([200])
    })

    it('SEC-049 I6 a callback that reaches two processes at once sends the code once, and both sign in', async () => {
      const { browser, callback } = await scene().arrival()
      await forget()
      const [one, two] = [at(apps()[0]!, browser.copy()), at(apps()[3]!, browser.copy())]
      const pages = await Promise.all([one.navigate(callback), two.navigate(callback)])
      expect(pages.map(({ status }) => status)).toEqual([303, 303])
      expect(await provider().exchanges()).toBe(1)
      for (const each of [one, two]) expect((await each.fetch(`${publicOrigin}/private`)).status).toBe(200)
    })

    it('I1 a process that dies between the answer and its note: a grace of the provider saves the session', async () => {
      const visitor = await scene().expired()
      await scene().withGrace(async () => {
        expect((await dying(visitor, { key: entry, when: 'before' })).status).toBe(200)
      })
    })

    describe.concurrent('of a process that dies', () => {
      it('I1 I6 before the call: the others wait for the end of its lock, and no longer', async () => {
        const visitor = await scene().expired()
        const { status, taken } = await dying(visitor, { key: lock, when: 'after' })
        expect(status).toBe(200)
        expect(taken).toBeLessThan(lockLife * 1000 + 1500)
        scene().note('winner died before the call, next answer after', [taken])
        expect(await rotationsOf(visitor)).toBe(1)
      })

      it('I1 I4 between the answer and its note: the session ends cleanly, the one stated exception', async () => {
        const visitor = await scene().expired()
        expect((await dying(visitor, { key: entry, when: 'before' })).status).toBe(401)
        for (const app of apps()) expect(await visitor.status(app)).toBe(401)
        expect(await rotationsOf(visitor)).toBe(1)
      })

      it('I1 I6 with tokens that it has noted and not looked at: the next one goes on with them', async () => {
        const visitor = await scene().expired()
        expect((await dying(visitor, { key: entry, when: 'after' })).status).toBe(200)
        expect(await rotationsOf(visitor)).toBe(1)
      })

      it('I1 I6 before its response: all others have the new session at once', async () => {
        const visitor = await scene().expired()
        const { status, taken } = await dying(visitor, { key: entry, when: 'after', count: 2 })
        expect(status).toBe(200)
        expect(taken).toBeLessThan(3000)
        expect(await rotationsOf(visitor)).toBe(1)
      })
    })

    it('I1 I6 a graceful shutdown finishes the refresh that it is at, and hands the session over', async () => {
      const visitor = await scene().expired()
      const copy = visitor.copy()
      await forget()
      const leaving = await scene().fleet.start()
      await provider().become('held')
      const answer = visitor.status(leaving)
      while ((await provider().refreshes()).length === 0);
      leaving.signal('SIGTERM')
      await provider().become('open')
      expect(await answer).toBe(200)
      await leaving.ended
      expect(await visitor.status()).toBe(200)
      expect(await copy.status()).toBe(200)
      await expectRefreshes([200])
    })

    it('I1 I6 two sets of secrets during a rolling deploy read each other, in refreshes too', async () => {
      const { fleet } = scene()
      const [before, next] = ['q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j', 'Xk8Tz1Wq5Nc0Rb7Jv3Lm9Pd2Hs6Fg4Ya']
      const [reading, writing] = await Promise.all([
        fleet.start({ cookieSecret: [before, next] }),
        fleet.start({ cookieSecret: [next, before] }),
      ])
      const visitor = await scene().expired()
      await forget()
      const copies = Array.from({ length: 20 }, () => visitor.copy())
      const statuses = await Promise.all(copies.map((copy, index) => copy.status(index % 2 === 0 ? reading : writing)))
      expect(new Set(statuses)).toEqual(new Set([200]))
      await expectRefreshes([200])
      for (const copy of [copies[0]!, copies[1]!])
        for (const app of [writing, reading, writing]) expect(await copy.status(app)).toBe(200)
      await Promise.all([reading.kill(), writing.kill()])
    })
  })
}
