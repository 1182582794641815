import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { Document } from '../readme/document.js'
import { usePage } from '../readme/running-page.js'
import { organizations } from '../support/journey.js'
import { codeOf } from '../support/refusals.js'
import { cookieNames, throughSso } from './brokered-app.js'

const howTo = new Document('docs/how-to/hand-over-to-your-own-sessions.md')
const sam = 'sam@example.com'

/** The programs without a session library; that of Next is compiled by whole-programs.test.ts and audited as an app. */
describe.each(['express', 'hono'] as const)(`${howTo.path}, without a session library, with %s`, (framework) => {
  const app = usePage(howTo, framework, { product: 'modular-sso' })
  const at = (path: string) => app().origin + path
  const isIn = async (browser: Browser) => (await browser.navigate(at('/account'))).status === 200

  it('ends in a session of the table, which the log-out ends in every copy', async () => {
    const browser = new Browser()
    expect((await browser.follow(at('/account'))).at(-1)?.url).toBe(at('/login'))
    const trail = await throughSso(browser, app(), sam, { posted_form: '1' })
    expect(trail.at(-1), app().output()).toMatchObject({ url: at('/account'), status: 200 })
    expect(trail.at(-1)?.text).toContain(`You are of ${organizations.acme}.`)
    // Those of the emulator are on the same host here.
    const names = await cookieNames(browser, app())
    expect(names.filter((name) => /^(?:account|scalegate)/.test(name))).toEqual(['account'])
    const copy = browser.copy()
    await browser.follow(at('/logout'), { form: {}, from: at('/account') })
    for (const each of [browser, copy]) expect(await isIn(each)).toBe(false)
  })

  it('gives the browser a new id at each login, and the one before is worth nothing', async () => {
    const browser = new Browser()
    await throughSso(browser, app(), sam)
    const old = browser.copy()
    await throughSso(browser, app(), sam)
    expect([await isIn(browser), await isIn(old)]).toEqual([true, false])
  })

  it('refuses people of an organization that is no customer', async () => {
    const browser = new Browser()
    const page = (await throughSso(browser, app(), 'sam@example.org')).at(-1)!
    expect([page.status, codeOf(page)]).toEqual([403, 'login_denied'])
    expect(await isIn(browser)).toBe(false)
  })
})
