import { describe, expect, it } from 'vitest'
import { publicOrigin } from './fleet.js'
import type { Scene } from './scene.js'
import { at } from './visitor.js'

/** What a process of the app writes of a login, in its order: that it is at it, and what has come of it. */
const begun = { method: 'set', key: '^login:', when: 'after' }
const answered = { method: 'set', key: '^login:', when: 'before', count: 2 }
const noted = { method: 'set', key: '^login:', when: 'after', count: 2 }

/** Logins in the middle of which a process dies. */
export function loginRows(scene: () => Scene): void {
  const apps = () => scene().fleet.apps
  const exchanges = () => scene().fleet.provider.exchanges()

  /** A callback whose process dies at a moment of it, and the same address once more at two others. */
  async function dying(moment: object) {
    const { browser, callback } = await scene().arrival()
    const victim = await scene().fleet.start()
    await victim.order('arm', moment)
    await expect(at(victim, browser).navigate(callback)).rejects.toThrow()
    await victim.ended
    const inside = async (of: typeof browser) => (await of.fetch(`${publicOrigin}/private`)).status
    // No half session: the browser has nothing but the login that it began.
    for (const app of apps()) expect(await inside(at(app, browser))).toBe(401)
    const copies = [apps()[0]!, apps()[3]!].map((app) => at(app, browser.copy()))
    const pages = await Promise.all(copies.map((copy) => copy.navigate(callback)))
    const found = await Promise.all(copies.map(inside))
    return { browser, callback, statuses: pages.map(({ status }) => status), pages, found }
  }

  async function expectNextLogin({ browser, callback }: Awaited<ReturnType<typeof dying>>): Promise<void> {
    const again = await scene().arrival(browser)
    expect((await browser.navigate(again.callback)).status).toBe(303)
    for (const app of apps()) expect((await at(app, browser).fetch(`${publicOrigin}/private`)).status).toBe(200)
    // Whoever has the address and not the browser gets nothing for it, at any process.
    for (const app of apps()) expect((await at(app, scene().stranger()).navigate(callback)).status).toBe(400)
  }

  describe('a callback of a process that dies', () => {
    it('I1 I4 I6 before it sends the code, or before that is written down: nobody sends it again, and the next login is let in', async () => {
      const before = await exchanges()
      // Both at once, because the others wait for a while.
      const logins = await Promise.all([begun, answered].map(dying))
      expect((await exchanges()) - before).toBe(1)
      for (const login of logins) {
        expect(login).toMatchObject({ statuses: [503, 503], found: [401, 401] })
        for (const page of login.pages) expect(page.text).toContain('/auth/login')
        await expectNextLogin(login)
      }
    })

    it('I1 I3 I6 when its outcome is written down, before the answer: the same address lets in at another process', async () => {
      const before = await exchanges()
      const login = await dying(noted)
      expect(login).toMatchObject({ statuses: [303, 303], found: [200, 200] })
      expect((await exchanges()) - before).toBe(1)
      await expectNextLogin(login)
    })
  })
}
