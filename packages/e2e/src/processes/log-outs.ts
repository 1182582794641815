import { describe, expect, it, vi } from 'vitest'
import { people } from '../support/journey.js'
import type { Child } from './child.js'
import { deliver, logOut } from './endings.js'
import type { Scene } from './scene.js'
import type { Visitor } from './visitor.js'

/** Log-outs that one process hears, and those in the middle of which it dies. */
export function logOutRows(scene: () => Scene): void {
  /** Milliseconds within which the copy of another process has to know. The feed takes a few; this machine may be busy. */
  const soon = 1000
  const apps = () => scene().fleet.apps
  const control = () => scene().fleet.provider.control

  /** Known everywhere, so that every process has it in its caches. */
  async function knownEverywhere(visitor: Visitor) {
    expect(await Promise.all(apps().map((app) => visitor.status(app)))).toEqual([200, 200, 200, 200])
    const copy = visitor.copy()
    return { visitor, copy }
  }

  async function expectEndedEverywhere(what: string, copy: Visitor, since: number): Promise<void> {
    const delays = await scene().endedAt(copy, apps(), since)
    scene().note(what, delays)
    for (const delay of delays) expect(delay).toBeLessThan(soon)
    for (const app of apps()) expect(await copy.status(app)).toBe(401)
  }

  describe('log-outs', () => {
    it('I2 I7 a back-channel logout that A acknowledges has ended the session in B, C and D', async () => {
      const { visitor, copy } = await knownEverywhere(await scene().fresh())
      const { logout_token } = await control().logoutToken({ sid: visitor.sid })
      expect(await deliver(scene().app, logout_token)).toBe(200)
      await expectEndedEverywhere('back-channel logout, until A, B, C, D refuse', copy, performance.now())
      expect(await deliver(apps()[2]!, logout_token)).toBe(200)
      const events = () => scene().fleet.events('backchannel_logout')
      // Processes tell by a way of their own, in any order, which may be slower than their answers.
      await vi.waitFor(() =>
        expect(
          events()
            .map(({ replayed }) => replayed)
            .sort(),
        ).toEqual([false, true]),
      )
    })

    it('I2 a back-channel logout of a person ends all their sessions in all processes, and no other one', async () => {
      const [one, two, other] = await Promise.all([
        scene().fresh({ user: people.gil }),
        scene().fresh({ user: people.gil }),
        scene().fresh(),
      ])
      const { logout_token } = await control().logoutToken({ sub: people.gil })
      expect(await deliver(apps()[3]!, logout_token)).toBe(200)
      await Promise.all([one, two].map((each) => scene().endedAt(each, apps(), performance.now())))
      expect(await other.status()).toBe(200)
    })

    it('I2 a webhook that A acknowledges has ended the session in B, C and D', async () => {
      const { visitor, copy } = await knownEverywhere(await scene().fresh())
      const [delivery] = await control().webhooks.send({ type: 'user.logout', sessionId: visitor.sid, attempts: 1 })
      expect(delivery?.attempts.at(-1)?.status).toBe(200)
      await expectEndedEverywhere('webhook, until A, B, C, D refuse', copy, performance.now())
    })

    it('I2 a log-out in the browser at B has ended each copy of the cookie in A, C and D', async () => {
      const { visitor, copy } = await knownEverywhere(await scene().fresh())
      expect(await logOut(visitor, apps()[1]!)).toBe(200)
      await expectEndedEverywhere('log-out, until A, B, C, D refuse', copy, performance.now())
    })

    it('I2 I7 a process that dies before it has written a log-out down has acknowledged nothing; a repetition works', async () => {
      const { fleet } = scene()
      const visitor = await scene().fresh()
      const victim = await fleet.start()
      await victim.order('arm', { method: 'write', when: 'before' })
      await expect(logOut(visitor, victim)).rejects.toThrow()
      expect(await visitor.status()).toBe(200)
      expect(await logOut(visitor, apps()[1]!)).toBe(200)
      await scene().endedAt(visitor.copy(), apps(), performance.now())
    })

    it('I2 a process that dies when it has written a log-out down has ended the session, whatever the cookie says', async () => {
      const { fleet } = scene()
      const visitor = await scene().fresh()
      const victim = await fleet.start()
      await victim.order('arm', { method: 'write', when: 'after' })
      await expect(logOut(visitor, victim)).rejects.toThrow()
      await scene().endedAt(visitor, apps(), performance.now())
    })

    it('I6 I7 a webhook whose handler died with its process runs again when its claim is over, and then no more', async () => {
      const { fleet } = scene()
      const victim = await fleet.start()
      const id = `msg_${Date.now()}`
      const send = async (app: Child) => {
        await scene().hearAt(app)
        const [delivery] = await control().webhooks.send({ type: 'user.login', id, attempts: 1 })
        return delivery?.attempts.at(-1)?.status
      }
      const runs = () =>
        apps().flatMap(({ told }) => told.filter(({ heard }) => (heard as { deliveryId?: string })?.deliveryId === id))
      const { cli } = fleet.redis
      const keys = () => cli('--scan', '--pattern', 'scalegate:delivery:*').split('\n')
      const before = keys()
      await victim.order('dieInHandler')
      await send(victim)
      await victim.ended
      expect(await send(apps()[1]!)).toBe(503)
      expect(runs()).toHaveLength(0)

      const claim = keys().find((key) => !before.includes(key))
      const left = Number(cli('PTTL', String(claim)))
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(300_000)
      // Its time passes.
      cli('PEXPIRE', String(claim), '1')
      expect(await send(apps()[1]!)).toBe(200)
      expect(await send(apps()[2]!)).toBe(200)
      await vi.waitFor(() => expect(runs()).toHaveLength(1))
      await scene().hearAt(scene().app)
    })
  })
}
