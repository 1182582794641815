import { describe, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../support/redis.js'
import { isLevel } from '../support/replication.js'
import { deliver, logOut } from './endings.js'
import { type Road, roadTo } from './road.js'
import type { Scene } from './scene.js'
import type { Visitor } from './visitor.js'

/** A replica takes over that had not heard the latest, under the address that the master had. */
export function failoverRows(scene: () => Scene): void {
  const provider = () => scene().fleet.provider

  async function replicaOf(master: RedisServer, link: Road): Promise<RedisServer> {
    master.cli('CONFIG', 'SET', 'repl-diskless-sync-delay', '0')
    const replica = await startRedis()
    replica.cli('REPLICAOF', '127.0.0.1', String(link.port))
    await isLevel(replica, master)
    return replica
  }

  describe('a failover', () => {
    it('I1 I2 I3 I4 I8 to a replica that lags: what ended in the lag stays so, and who came in it signs in again at the most', async () => {
      const { fleet } = scene()
      const isKept = fleet.storage === 'cookie'
      const [road, link] = await Promise.all([roadTo(fleet.redis.port), roadTo(fleet.redis.port)])
      const redisUrl = `redis://127.0.0.1:${road.port}`
      const [staying, left, ended, told, untold, ...apps] = await Promise.all([
        scene().fresh(),
        scene().fresh(),
        scene().fresh(),
        scene().expired(),
        scene().expired(),
        fleet.start({ redisUrl, client: 'node-redis' }),
        fleet.start({ redisUrl, client: 'ioredis' }),
      ])
      const [one, other] = apps as [(typeof apps)[0], (typeof apps)[0]]
      const replica = await replicaOf(fleet.redis, link)
      try {
        for (const app of apps) expect(await staying.status(app)).toBe(200)
        const gone: readonly Visitor[] = [left.copy(), ended.copy()]
        const { logout_token } = await provider().control.logoutToken({ sid: ended.sid })
        // From here on the replica hears nothing.
        link.block()
        expect(await deliver(one, logout_token)).toBe(200)
        expect(await logOut(left, other)).toBe(200)
        const late = await scene().fresh()
        const old = untold.copy()
        for (const each of [told, untold]) expect(await each.status(one)).toBe(200)
        for (const each of gone) await scene().endedAt(each, apps, performance.now())

        replica.cli('REPLICAOF', 'NO', 'ONE')
        road.lead(replica.port)
        const since = performance.now()
        // Whoever has no memory of it has what the replica has, and what the others tell it once more.
        const stranger = fleet.start({ redisUrl })
        const back = await Promise.all(apps.map((app) => scene().until(200, () => staying.status(app), 5000)))
        scene().note('failover, 200 in A, B after', back)
        for (const each of gone) for (const app of apps) expect(await each.status(app)).toBe(401)
        const all = [...apps, await stranger]
        const endings = await Promise.all(gone.map((each) => scene().endedAt(each, all, since)))
        scene().note(
          'failover, log-outs of the lag known to a process that began after it',
          endings.map((of) => of[2]!),
        )
        for (const app of all) expect(await staying.status(app)).toBe(200)

        // Who refreshed a session remembers it, and writes it down once more.
        for (const app of all) expect(await told.status(app)).toBe(200)
        // The stated exceptions: of sessions in the store the replica has what was before, and of sessions in the cookie a
        // request that left before the refresh finds no successor at another process. It takes nothing from the browser.
        for (const app of all) expect(await late.status(app)).toBe(isKept ? 200 : 401)
        expect(await untold.status(other)).toBe(isKept ? 200 : 401)
        const behind = await old.ask(other)
        expect([behind.status, behind.headers.getSetCookie()]).toEqual([401, []])
        expect(await untold.status(one)).toBe(200)
        const next = await scene().fresh()
        expect(next.sid).not.toBe(late.sid)
        await Promise.all(all.map((app) => app.kill()))
      } finally {
        await replica.remove()
        for (const each of [road, link]) each.close()
      }
    })
  })
}
