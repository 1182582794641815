import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultInput } from '@scalegate/emulator'
import type { Page } from '@scalegate/testing/audits'
import { describe, expect, it, vi } from 'vitest'
import { deliver, logOut } from './endings.js'
import { patience, type Scene } from './scene.js'
import { at } from './visitor.js'

/** Nothing was taken from the browser: the session goes on when the fault is over. */
export function expectKept({ status, headers }: Page): void {
  expect(status).toBe(503)
  expect(headers.getSetCookie()).toEqual([])
}

/** What the provider may do to the app, and what it must not come to. */
export function providerRows(scene: () => Scene): void {
  const apps = () => scene().fleet.apps
  const provider = () => scene().fleet.provider
  const forget = () => provider().control.clearRequests()
  const fault = (input: Omit<FaultInput, 'endpoint'>) =>
    provider().control.addFault({ endpoint: 'token', grantType: 'refresh_token', ...input })

  async function expectRefreshes(statuses: readonly number[]): Promise<void> {
    expect((await provider().refreshes()).map(({ status }) => status)).toEqual(statuses)
  }

  describe('the provider', () => {
    it.each(['shut', 'hung'] as const)(
      'I1 I4 I5 I8 I9 %s: those whose token is over wait, nobody else notices',
      async (state) => {
        const app = state === 'shut' ? apps()[0]! : apps()[1]!
        const visitor = await scene().expired()
        const [fresh, leaving, ended, { browser, callback }] = await Promise.all([
          scene().fresh(),
          scene().fresh(),
          scene().fresh(),
          scene().arrival(),
        ])
        const { logout_token } = await provider().control.logoutToken({ sid: ended.sid })
        await forget()
        await provider().become(state)

        const since = performance.now()
        const waiting = visitor.ask(app)
        await scene().expectAnonymousServed()
        expect(await fresh.status(app)).toBe(200)
        expect(await fresh.status(app, '/page')).toBe(200)
        const copy = leaving.copy()
        const [back, ...done] = await Promise.all([
          at(apps()[3]!, browser).navigate(callback),
          deliver(app, logout_token),
          logOut(leaving, app),
        ])
        expect([back.status, back.text.includes('exchange_unavailable'), ...done]).toEqual([503, true, 200, 200])
        for (const each of [ended, copy]) expect(await each.status(app)).toBe(401)

        expectKept(await waiting)
        expect(performance.now() - since).toBeLessThan(2 * patience * 1000 + 1000)

        await provider().become('open')
        const taken = await scene().until(200, () => visitor.status(app), 5000)
        scene().note(`provider ${state} and back, refreshed after`, [taken])
        await expectRefreshes([200])
      },
    )

    it('I5 I6 slow: one call, and everybody waits for it', async () => {
      const visitor = await scene().expired()
      await forget()
      await fault({ kind: 'delay', delay: 1 })
      expect(new Set(await visitor.statuses(20))).toEqual(new Set([200]))
      await expectRefreshes([200])
    })

    it('I1 I6 429: nobody, in whichever process, sends anything before it is time, or waits much longer', async () => {
      const visitor = await scene().expired()
      await forget()
      await fault({ kind: 'status', status: 429, headers: { 'retry-after': '4' } })
      const since = performance.now()
      for (const app of apps().slice(0, 3)) {
        const page = await visitor.ask(app)
        expectKept(page)
        expect(page.headers.get('retry-after')).toBe('4')
      }
      // Who hears of it at its end waits for the rest, and not for as long once more.
      await sleep(3200 - (performance.now() - since))
      expectKept(await visitor.ask(apps()[3]))
      await expectRefreshes([429])
      await scene().until(200, () => visitor.status(apps()[3]), 3000)
      scene().note('429 with Retry-After: 4, refreshed after', [performance.now() - since])
      expect(performance.now() - since).toBeLessThan(5500)
      await expectRefreshes([429, 200])
    })

    it('I1 I4 500, 503, HTML, half a JSON text, odd types, a refused client: kept, and refreshed when it is over', async () => {
      const faults: readonly Omit<FaultInput, 'endpoint'>[] = [
        { kind: 'status', status: 500 },
        { kind: 'status', status: 503, body: '<h1>down</h1>', contentType: 'text/html' },
        { kind: 'body', body: '<h1>hello</h1>', contentType: 'text/html' },
        { kind: 'body', body: '{"access_token":"ey' },
        { kind: 'body', body: '{"access_token":7,"token_type":"Bearer","expires_in":"soon"}' },
        { kind: 'status', status: 401, body: '{"error":"invalid_client"}' },
        { kind: 'drop' },
      ]
      const visitors = []
      for (const [index, each] of faults.entries()) {
        const visitor = await scene().expired()
        visitors.push(visitor)
        await fault(each)
        expectKept(await visitor.ask(apps()[index % 4]))
      }
      await Promise.all(
        visitors.map((visitor, index) => scene().until(200, () => visitor.status(apps()[index % 4]), 4000)),
      )
    })

    it('I1 I4 an answer that is lost after the rotation: the session ends cleanly, or goes on where the provider has a grace', async () => {
      const [strict, lenient] = [await scene().expired(), await scene().expired()]
      await fault({ kind: 'lose_response' })
      expectKept(await strict.ask(apps()[2]))
      await scene().until(401, () => strict.status(), 4000)
      for (const app of apps()) expect(await strict.status(app)).toBe(401)

      await scene().withGrace(async () => {
        await fault({ kind: 'lose_response' })
        expectKept(await lenient.ask(apps()[2]))
        await scene().until(200, () => lenient.status(), 4000)
      })
    })

    it('I2 I6 a session that the provider has ended unheard ends once, in all processes', async () => {
      const visitor = await scene().expired()
      await provider().control.revokeSession(visitor.sid, { notify: false })
      await forget()
      const before = scene().fleet.events('session_ended').length
      expect(new Set(await visitor.statuses(20))).toEqual(new Set([401]))
      for (const app of apps()) expect(await visitor.status(app)).toBe(401)
      await expectRefreshes([400])
      await vi.waitFor(() => expect(scene().fleet.events('session_ended')).toHaveLength(before + 1))
    })

    it('I1 I6 keys out of reach, and then rotated: the tokens wait for whoever has the keys, in another process too', async () => {
      const [one, two] = [await scene().expired(), await scene().expired()]
      const unlucky = await scene().fleet.start()
      const { control } = provider()
      await control.rotateKeys('old')
      const down = await control.addFault({ endpoint: 'keys', kind: 'status', status: 500, times: 0 })
      await forget()
      expectKept(await one.ask(unlucky))
      await control.removeFault(down)
      await scene().until(200, () => one.status(apps()[0]), 3000)
      expect(await two.status(apps()[1])).toBe(200)
      await expectRefreshes([200, 200])
      expect(await one.status(unlucky)).toBe(200)
      await unlucky.kill()
    })
  })
}
