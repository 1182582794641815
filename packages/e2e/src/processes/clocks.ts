import { describe, expect, it, vi } from 'vitest'
import { arrive } from '../support/journey.js'
import type { Child } from './child.js'
import { deliver, logOut } from './endings.js'
import { publicOrigin } from './fleet.js'
import { expectKept } from './provider-faults.js'
import type { Scene } from './scene.js'
import { at, browserOf, type Visitor } from './visitor.js'

const hour = 3600

/** One process whose clock is wrong beside three whose clocks are right. The provider and Redis go by the right one. */
export function clockRows(scene: () => Scene): void {
  const provider = () => scene().fleet.provider
  const right = () => scene().fleet.apps[0]!
  const all = (odd: Child) => [...scene().fleet.apps.slice(0, 3), odd]

  async function expectRefreshes(statuses: readonly number[]): Promise<void> {
    expect((await provider().refreshes()).map(({ status }) => status)).toEqual(statuses)
  }

  /** Requests of one session with one cookie, all at once, in turn at each process. */
  const asked = (visitor: Visitor, odd: Child, count = 20) => {
    const copies = Array.from({ length: count }, () => visitor.copy())
    return Promise.all(copies.map((copy, index) => copy.status(all(odd)[index % 4])))
  }

  async function loginOver(start: Child, end: Child) {
    const browser = browserOf(scene().fleet)
    const { callback } = await arrive(at(start, browser), { origin: publicOrigin })
    const before = browser.copy()
    const { status } = await at(end, browser).navigate(callback.href)
    const inside = await Promise.all([start, end].map((app) => at(app, browser).fetch(`${publicOrigin}/private`)))
    return { status, inside: inside.map((page) => page.status), before, callback: callback.href }
  }

  const logoutToken = async ({ sid }: Visitor) => (await provider().control.logoutToken({ sid })).logout_token

  /** Ended by a right process and heard by the odd one, and the other way round. */
  async function expectLogOutsHeard(odd: Child): Promise<void> {
    const [heard, told] = await Promise.all([scene().fresh(), scene().fresh()])
    for (const each of [heard, told]) expect(await each.status(odd)).toBe(200)
    const gone = [heard.copy(), told.copy()]
    expect(await deliver(right(), await logoutToken(heard))).toBe(200)
    expect(await logOut(told, odd)).toBe(200)
    for (const each of gone) {
      await scene().endedAt(each, all(odd), performance.now())
      for (const app of all(odd)) expect(await each.status(app)).toBe(401)
    }
  }

  describe('a clock', () => {
    it.each([30, -30])('I1 I2 I6 I7 that is off by %i s: nobody notices', async (clock) => {
      const odd = await scene().fleet.start({ clock })
      for (const [start, end] of [
        [odd, odd],
        [odd, right()],
        [right(), odd],
      ] as const)
        expect(await loginOver(start, end)).toMatchObject({ status: 303, inside: [200, 200] })
      const visitor = await scene().expired()
      await provider().control.clearRequests()
      expect(new Set(await asked(visitor, odd))).toEqual(new Set([200]))
      await expectRefreshes([200])

      await expectLogOutsHeard(odd)
      const [ended, left] = await Promise.all([scene().fresh(), scene().fresh()])
      expect(await deliver(odd, await logoutToken(ended))).toBe(200)
      await scene().hearAt(odd)
      const event = { type: 'user.logout', sessionId: left.sid, attempts: 1 } as const
      const [delivery] = await provider().control.webhooks.send(event)
      await scene().hearAt(scene().app)
      expect(delivery?.attempts.at(-1)?.status).toBe(200)
      for (const each of [ended, left]) await scene().endedAt(each, all(odd), performance.now())
      await odd.kill()
    })

    it('I1 I2 I6 I7 that is 5 min ahead: one refresh and no storm, also where tokens live for no longer', async () => {
      const odd = await scene().fleet.start({ clock: 300 })
      expect(await loginOver(odd, odd)).toMatchObject({ status: 303, inside: [200, 200] })
      expect(await loginOver(right(), odd)).toMatchObject({ status: 303, inside: [200, 200] })

      await provider().control.settings({ accessTokenLifetime: 300 })
      const brief = await scene().fresh()
      await provider().control.clearRequests()
      expect(new Set(await asked(brief, odd))).toEqual(new Set([200]))
      // Each time it takes the new token too for one that is about to end.
      for (let round = 0; round < 3; round++)
        for (const app of all(odd).reverse()) expect(await brief.status(app)).toBe(200)
      await expectRefreshes([200])
      await provider().control.settings({ accessTokenLifetime: 3600 })
      await expectLogOutsHeard(odd)
      await expectRefusedAndRepeated(odd)
      await odd.kill()
    })

    it('I1 I2 I4 I7 that is 5 min behind: nobody is lost, and what it cannot date is refused', async () => {
      const odd = await scene().fleet.start({ clock: -300 })
      expect(await loginOver(odd, right())).toMatchObject({ status: 303, inside: [200, 200] })
      expect(await loginOver(odd, odd)).toMatchObject({ status: 400, inside: [401, 401] })
      await vi.waitFor(() =>
        expect(odd.told.map(({ event }) => event)).toContainEqual(
          expect.objectContaining({ type: 'login_refused', code: 'id_token_invalid', reason: 'iat' }),
        ),
      )

      const visitor = await scene().expired()
      await provider().control.clearRequests()
      for (const app of [odd, right(), odd]) expect(await visitor.status(app)).toBe(200)
      expect(new Set(await asked(visitor, odd))).toEqual(new Set([200]))
      await expectRefreshes([200])
      await expectLogOutsHeard(odd)
      await expectRefusedAndRepeated(odd)
      await odd.kill()
    })

    it('I1 I4 I6 that is an hour ahead: tokens that it cannot believe are those that another process goes on with', async () => {
      const odd = await scene().fleet.start({ clock: hour })
      await provider().control.settings({ accessTokenLifetime: 300 })
      const visitor = await scene().expired()
      await provider().control.clearRequests()
      expectKept(await visitor.ask(odd))
      await scene().until(200, () => visitor.status(right()), 4000)
      await expectRefreshes([200])
      await provider().control.settings({ accessTokenLifetime: 3600 })
      await odd.kill()
    })

    it('I1 I2 I6 that is set back by an hour: what had ended stays so, a login is none twice, nobody is lost', async () => {
      const odd = await scene().fleet.start()
      const [staying, ended] = await Promise.all([scene().fresh(), scene().fresh()])
      for (const each of [staying, ended]) expect(await each.status(odd)).toBe(200)
      expect(await deliver(odd, await logoutToken(ended))).toBe(200)
      const used = await loginOver(odd, odd)
      expect(used).toMatchObject({ status: 303, inside: [200, 200] })
      const { browser, callback } = await scene().arrival()

      await odd.order('setClock', { seconds: -hour })
      for (const app of all(odd)) expect(await ended.status(app)).toBe(401)
      for (const app of all(odd)) expect(await staying.status(app)).toBe(200)
      await expectLogOutsHeard(odd)
      await provider().control.clearRequests()
      // Begun before: of an age that nobody can tell. Begun since: too old for everybody else.
      expect((await at(odd, browser.copy()).navigate(callback)).status).toBe(400)
      expect(await loginOver(odd, right())).toMatchObject({ status: 400, inside: [401, 401] })
      const again = await Promise.all([odd, right()].map((app) => at(app, used.before.copy()).navigate(used.callback)))
      expect(again.map(({ status }) => status)).toEqual([400, 303])
      expect(await provider().exchanges()).toBe(0)
      expect((await at(right(), browser).navigate(callback)).status).toBe(303)
      for (const app of all(odd)) expect(await ended.status(app)).toBe(401)
      await odd.kill()
    })
  })

  /** A logout token that it takes for one of another time: not acknowledged, and not used up. */
  async function expectRefusedAndRepeated(odd: Child): Promise<void> {
    const visitor = await scene().fresh()
    const token = await logoutToken(visitor)
    expect(await deliver(odd, token)).toBe(400)
    expect(await visitor.status(odd)).toBe(200)
    expect(await deliver(right(), token)).toBe(200)
    await scene().endedAt(visitor, all(odd), performance.now())
  }
}
