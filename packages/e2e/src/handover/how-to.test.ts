import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Browser } from '@scalegate/testing/audits'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyDiff } from '../readme/diff.js'
import { Document } from '../readme/document.js'
import { logIn, people } from '../support/journey.js'
import { codeOf } from '../support/refusals.js'
import { type BrokeredApp, cookieNames, place, startBrokered, throughSso } from './brokered-app.js'

const howTo = new Document('docs/how-to/hand-over-to-your-own-sessions.md')
const sam = 'sam@example.com'

/** The program of the page, at an address of its own, where its imports resolve as they do for somebody who has them. */
function useProgram(product: 'modular-sso' | 'full-stack-auth', program: string): () => BrokeredApp {
  let folder: string
  let app: BrokeredApp

  beforeAll(async () => {
    folder = await mkdtemp(
      fileURLToPath(new URL('../../../../examples/handover-passport/node_modules/.how-to-', import.meta.url)),
    )
    const at = await place(product)
    const listening = `app.listen(${at.variables.PORT}, () => console.log('listening on ${at.origin}'))`
    await writeFile(`${folder}/app.mjs`, program.replace('app.listen(3000)', listening))
    app = await startBrokered(`${folder}/app.mjs`, at)
  })
  afterAll(async () => {
    await app?.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return () => app
}

describe(howTo.path, () => {
  const app = useProgram('modular-sso', howTo.program)
  const at = (path: string) => app().origin + path

  it("ends in express-session's session, which the log-out ends", async () => {
    const browser = new Browser()
    expect((await browser.follow(at('/account'))).at(-1)?.url).toBe(at('/login'))
    const trail = await throughSso(browser, app(), sam, { posted_form: '1' })
    expect(trail.at(-1), app().output()).toMatchObject({ url: at('/account'), status: 200 })
    expect(trail.at(-1)?.text).toContain('You are signed in.')
    expect(await cookieNames(browser, app())).toEqual(['connect.sid'])
    const copy = browser.copy()
    await browser.follow(at('/logout'), { form: {}, from: at('/account') })
    for (const each of [browser, copy]) expect((await each.navigate(at('/account'))).next).toBe(at('/login'))
  })

  it('gives the browser a new session id at each login', async () => {
    const browser = new Browser()
    const login = async () => {
      await throughSso(browser, app(), sam)
      return (await browser.cookies(app().origin)).get('connect.sid')
    }
    const first = await login()
    const old = browser.copy()
    expect(await login()).not.toBe(first)
    expect((await old.navigate(at('/account'))).next).toBe(at('/login'))
  })

  it('refuses people of an organization that is no customer', async () => {
    const page = (await throughSso(new Browser(), app(), 'sam@example.org')).at(-1)!
    expect([page.status, codeOf(page)]).toEqual([403, 'login_denied'])
  })
})

describe(`${howTo.path}, with full-stack auth`, () => {
  const diff = howTo.under('What ends a session', 'diff')
  const app = useProgram('full-stack-auth', applyDiff(howTo.program, diff))
  const at = (path: string) => app().origin + path
  const signedIn = async (user: string) => {
    const browser = new Browser()
    expect((await logIn(browser, app(), { user })).next, app().output()).toBe(at('/account'))
    return browser
  }
  const isIn = async (browser: Browser) => (await browser.navigate(at('/account'))).status === 200

  it('ends both sessions, the own one and that of Scalekit', async () => {
    const ada = await signedIn(people.ada)
    expect(await isIn(ada)).toBe(true)
    const trail = await ada.follow(at('/logout'), { form: {}, from: at('/account') })
    const ending = trail.map(({ url }) => new URL(url)).find(({ pathname }) => pathname === '/oidc/logout')
    expect(ending?.searchParams.get('id_token_hint')).toMatch(/^eyJ/)
    expect(await isIn(ada)).toBe(false)
    const { sessions } = await app().emulator.control.state()
    expect(sessions.filter(({ status }) => status === 'active')).toEqual([])
  })

  it('ends the session that Scalekit says has ended, and no other', async () => {
    const [ada, max] = [await signedIn(people.ada), await signedIn(people.max)]
    const { sessions } = await app().emulator.control.state()
    const hers = sessions.find(({ userId, status }) => userId === people.ada && status === 'active')!
    await app().emulator.control.revokeSession(hers.id)
    await expect.poll(() => isIn(ada)).toBe(false)
    expect(await isIn(max)).toBe(true)
  })
})
