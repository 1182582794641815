import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deliver, logOut } from './endings.js'
import { expectKept } from './provider-faults.js'
import { roadTo } from './road.js'
import type { Scene } from './scene.js'
import { at, type Visitor } from './visitor.js'

/** How Redis goes, and how it comes back with everything that it acknowledged. */
const outages = ['killed', 'frozen'] as const
/** How it goes on answering, and takes nothing. */
const refusals = {
  'out of memory': { begin: ['CONFIG', 'SET', 'maxmemory', '1'], end: ['CONFIG', 'SET', 'maxmemory', '0'] },
  'read-only': { begin: ['REPLICAOF', '127.0.0.1', '1'], end: ['REPLICAOF', 'NO', 'ONE'] },
} as const

/** What Redis may do, and what it must not come to. */
export function storeRows(scene: () => Scene): void {
  const apps = () => scene().fleet.apps
  const redis = () => scene().fleet.redis
  const provider = () => scene().fleet.provider

  async function expectRefreshes(statuses: readonly number[]): Promise<void> {
    expect((await provider().refreshes()).map(({ status }) => status)).toEqual(statuses)
  }

  /** Everything that needs a write: refused while there is none, and the same once more with success. */
  async function writers() {
    const [leaving, ended, { browser, callback }] = await Promise.all([
      scene().fresh(),
      scene().fresh(),
      scene().arrival(),
    ])
    const { logout_token } = await provider().control.logoutToken({ sid: ended.sid })
    const webhook = async () => {
      const event = { type: 'user.login', id: `msg_${callback.length}_${ended.sid}`, attempts: 1 }
      return (await provider().control.webhooks.send(event))[0]?.attempts.at(-1)?.status
    }
    const all = () =>
      Promise.all([
        logOut(leaving, apps()[1]!),
        deliver(apps()[2]!, logout_token),
        webhook(),
        at(apps()[3]!, browser)
          .navigate(callback)
          .then(({ status }) => status),
      ])
    return {
      // I7: no success is claimed, and neither the code nor the logout token is used up.
      expectRefused: async () => expect(await all()).toEqual([503, 400, 503, 503]),
      async expectDone() {
        for (const each of [leaving, ended]) expect(await each.copy().status()).toBe(200)
        const gone = [leaving.copy(), ended.copy()]
        expect(await all()).toEqual([200, 200, 200, 303])
        for (const each of gone) await scene().endedAt(each, apps(), performance.now())
      },
    }
  }

  describe('the store', () => {
    it('I5 I8 slow by 200 ms: everything works, later', async () => {
      const road = await roadTo(redis().port, 200)
      try {
        const redisUrl = `redis://127.0.0.1:${road.port}`
        const [one, two] = await Promise.all([
          scene().fleet.start({ redisUrl, client: 'node-redis' }),
          scene().fleet.start({ redisUrl, client: 'ioredis' }),
        ])
        const [visitor, fresh] = await Promise.all([scene().expired(), scene().fresh()])
        const [copy, leaving] = [visitor.copy(), await scene().fresh()]
        await provider().control.clearRequests()
        expect(await Promise.all([visitor.status(one), copy.status(two), fresh.status(one)])).toEqual([200, 200, 200])
        await expectRefreshes([200])
        expect(await logOut(leaving, two)).toBe(200)
        await Promise.all([one.kill(), two.kill()])
      } finally {
        road.close()
      }
    })

    it.each(outages)('I1 I4 I5 I7 I8 I9 %s and back with its data: 503 meanwhile, and nobody is lost', async (how) => {
      const [visitor, fresh, waiting] = [await scene().expired(), await scene().fresh(), await writers()]
      expect(await Promise.all(apps().map((app) => fresh.status(app)))).toEqual([200, 200, 200, 200])
      await provider().control.clearRequests()

      const copies = apps().map(() => visitor.copy())
      const since = performance.now()
      const reached = (status: number, of: readonly Visitor[], within: number) =>
        Promise.all(
          apps().map(async (app, index) => {
            await scene().until(status, () => of[index]!.status(app), within)
            return performance.now() - since
          }),
        )
      if (how === 'killed') await redis().kill()
      else redis().freeze()
      scene().note(`Redis ${how}, first 503 in A, B, C, D after`, await reached(503, copies, 1000))
      // Where the session lies in the cookie and nothing is due, a process believes its copy of the marks for two seconds.
      const everybody = apps().map(() => fresh)
      scene().note(`Redis ${how}, 503 to everybody in A, B, C, D after`, await reached(503, everybody, 3000))
      await scene().expectAnonymousServed()
      for (const app of apps()) {
        const asked = performance.now()
        expectKept(await visitor.ask(app))
        expectKept(await fresh.ask(app))
        expect(performance.now() - asked).toBeLessThan(2000)
      }
      await waiting.expectRefused()
      await expectRefreshes([])

      const outage = performance.now() - since
      if (how === 'killed') await redis().start()
      else redis().thaw()
      const [reading, writing] = await Promise.all([reached(200, everybody, 8000), reached(200, copies, 8000)])
      const back = reading.map((each, index) => Math.max(each, writing[index]!) - outage)
      scene().note(`Redis ${how} and back, 200 in A, B, C, D after`, back)
      await expectRefreshes([200])
      await waiting.expectDone()
    })

    it.each(Object.entries(refusals))(
      'I1 I4 I7 I8 I9 %s: reads go on, and no token is spent that could not be kept',
      async (_, { begin, end }) => {
        const [visitor, fresh, waiting] = [await scene().expired(), await scene().fresh(), await writers()]
        await provider().control.clearRequests()
        redis().cli(...begin)
        try {
          await scene().expectAnonymousServed()
          expect(await Promise.all(apps().map((app) => fresh.status(app)))).toEqual([200, 200, 200, 200])
          for (const app of apps()) expectKept(await visitor.ask(app))
          await waiting.expectRefused()
          await expectRefreshes([])
        } finally {
          redis().cli(...end)
        }
        await scene().until(200, () => visitor.status(), 8000)
        await expectRefreshes([200])
        await waiting.expectDone()
      },
    )

    it.each(['FLUSHALL', 'a restart without data'] as const)(
      'I2 I3 I8 emptied by %s: nobody is revived, in idle processes and new ones',
      async (how) => {
        const [going, left, ended] = await Promise.all([scene().fresh(), scene().fresh(), scene().fresh()])
        const gone: readonly Visitor[] = [left.copy(), ended.copy()]
        expect(await logOut(left, apps()[1]!)).toBe(200)
        await provider().control.revokeSession(ended.sid)
        for (const each of gone) await scene().endedAt(each, apps(), performance.now())
        await provider().control.clearRequests()

        if (how === 'FLUSHALL') redis().cli('FLUSHALL')
        else {
          await redis().kill()
          for (const name of readdirSync(redis().directory)) rmSync(join(redis().directory, name), { recursive: true })
          await redis().start()
          await scene().until(
            200,
            () =>
              scene()
                .fresh()
                .then(
                  () => 200,
                  () => 503,
                ),
            8000,
          )
        }
        const late = await scene().fleet.start()
        for (const app of [...apps(), late]) {
          for (const each of gone) expect(await each.status(app)).toBe(401)
        }
        // A session in the cookie is believed when the provider has confirmed it once more; one in the store is lost.
        const isKept = scene().fleet.storage === 'cookie'
        expect(new Set(await going.statuses(20))).toEqual(new Set([isKept ? 200 : 401]))
        const refreshed = (await provider().refreshes()).filter(
          ({ sid, status }) => sid === going.sid && status === 200,
        )
        expect(refreshed).toHaveLength(isKept ? 1 : 0)

        const next = await scene().fresh()
        await provider().control.revokeSession(next.sid)
        await scene().endedAt(next, [...apps(), late], performance.now())
        await late.kill()
      },
    )
  })
}
