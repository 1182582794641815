import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium, launchWholeChromium, type Visitor, visit } from '../support/chromium.js'
import { type NextApp, startNextApp } from '../support/next-app.js'

/** What Next's router and server actions do that no other framework does, under `next build && next start`. */
describe.each([15, 16] as const)('Next %i', (version) => {
  let app: NextApp
  let browser: Browser
  let visitor: Visitor
  let page: Page

  beforeAll(async () => {
    app = await startNextApp(version)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.stop()
  })
  beforeEach(async () => {
    await app.reset()
    visitor = await visit(browser)
    page = visitor.page
  })
  afterEach(() => visitor.close())

  const at = (path: string) => app.origin + path
  const logInAs = async (name: string, path: string) => {
    await page.goto(at(path))
    await page.getByRole('button', { name }).click()
    await page.waitForURL(at(path))
  }
  const atTheLogin = () => page.getByRole('heading', { name: /^Log in to/ }).waitFor()
  const transactions = async () =>
    (await page.context().cookies()).filter(({ name }) => name.startsWith('scalegate-login')).length
  const calls = async (grant: string) =>
    (await app.control.requests()).filter(({ kind, grantType }) => kind === 'token' && grantType === grant).length
  /** Ends the provider's session of a person; the app hears of it on the back channel. */
  const endElsewhere = async (email: string) => {
    const { sessions, users } = await app.control.state()
    const person = users.find((user) => user.email === email)
    for (const { id, userId, status } of sessions)
      if (userId === person?.id && status === 'active') await app.control.revokeSession(id)
  }

  it('soft navigation of a stranger to a guarded page ends at the login, with one transaction, and comes back', async () => {
    await page.goto(at('/nav'))
    await page.getByRole('link', { name: 'Guarded page', exact: true }).click()
    await atTheLogin()
    expect(await transactions()).toBe(1)
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    await page.waitForURL(at('/page'))
    await page.getByText('page of usr_').waitFor()
  })

  it('soft navigation to a page behind a guarded layout does the same', async () => {
    await page.goto(at('/nav'))
    await page.getByRole('link', { name: 'Guarded layout' }).click()
    await atTheLogin()
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    await page.waitForURL(at('/layout/inner'))
  })

  it('SEC-003 a click on a link to the login route starts one login', async () => {
    await page.goto(at('/nav'))
    await page.getByRole('link', { name: 'Log in' }).click()
    await atTheLogin()
    expect(await transactions()).toBe(1)
  })

  it('SEC-001 prefetch of guarded pages, login and logout starts nothing and stores nothing', async () => {
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    await page.goto(at('/nav'))
    await page.waitForLoadState('networkidle')
    expect(fetched.filter((path) => path !== '/nav' && !path.startsWith('/_next'))).toContain('/page')
    expect(await page.context().cookies()).toEqual([])
    expect((await app.control.requests()).filter(({ kind }) => kind === 'authorize')).toEqual([])
  })

  it('SEC-210 prefetch of the logout route ends no session', async () => {
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/nav'))
    await page.waitForLoadState('networkidle')
    await page.getByRole('link', { name: 'Guarded page', exact: true }).click()
    await page.getByText('page of usr_').waitFor()
  })

  it('a server action runs for who may, and its answer comes back', async () => {
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/note'))
    await page.getByLabel('Text').fill('milk')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('noted milk for usr_').waitFor()
  })

  it('SEC-290 a server action of a stranger does not run: the login, and back to the page of the form', async () => {
    await page.goto(at('/note'))
    await page.getByRole('button', { name: 'Send' }).click()
    await atTheLogin()
    expect(await transactions()).toBe(1)
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    await page.waitForURL(at('/note'))
  })

  it('SEC-290 a stranger’s form without scripts leads to the login too, under form-action ‘self’', async () => {
    const plain = await visit(browser, { javaScriptEnabled: false })
    await plain.page.goto(at('/plain-action'))
    await plain.page.getByRole('button', { name: 'Mark' }).click()
    await plain.page.getByRole('heading', { name: /^Log in to/ }).waitFor()
    await plain.page.getByRole('button', { name: 'Ada Admin' }).click()
    await plain.page.waitForURL(at('/plain-action'))
    await plain.page.getByRole('button', { name: 'Mark' }).click()
    await plain.page.waitForURL(/marked=usr_/)
    await plain.close()
  })

  it('SEC-290 a server action without the permission does not run: the 403 page', async () => {
    await logInAs('Gil Guest', '/page')
    await page.goto(at('/note'))
    await page.getByRole('button', { name: 'Send' }).click()
    await page.waitForURL(at('/auth/forbidden'))
    await page.getByText('forbidden', { exact: true }).waitFor()
  })

  it('a server action after expiry runs once, refreshed by one call', async () => {
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/note'))
    const before = await calls('refresh_token')
    await app.pass(400)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('noted hi for usr_').waitFor()
    expect((await calls('refresh_token')) - before).toBe(1)
  })

  it('a server action after log-out elsewhere leads to the login', async () => {
    await logInAs('Max Member', '/page')
    await page.goto(at('/note'))
    await endElsewhere('max@acme.test')
    await page.getByRole('button', { name: 'Send' }).click()
    await atTheLogin()
  })

  it('a server action logs out here and at the provider', async () => {
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/note'))
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL(at('/'))
    await page.getByText('stranger').waitFor()
    await page.goto(at('/page'))
    await atTheLogin()
  })

  it('SEC-197 a page that nobody refreshes for goes round by the refresh route, and spends one token', async () => {
    await logInAs('Ada Admin', '/page')
    const before = await calls('refresh_token')
    await app.pass(400)
    await page.goto(at('/unproxied.page'))
    // No proxy has told the page its address.
    await page.waitForURL(at('/'))
    await page.getByText('hello usr_').waitFor()
    expect((await calls('refresh_token')) - before).toBe(1)
    await page.goto(at('/unproxied.page'))
    await page.getByText('fresh session of usr_').waitFor()
  })

  it('log-out in one tab is seen by the next soft navigation in another', async () => {
    await logInAs('Ada Admin', '/page')
    const other = await visitor.openTab()
    await other.goto(at('/nav'))
    await other.waitForLoadState('networkidle')
    await page.goto(at('/note'))
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL(at('/'))
    // Not the page that was fetched whole: Next keeps that in the tab, whatever the server would say by now.
    await other.getByRole('link', { name: 'Guarded layout' }).click()
    await other.getByRole('heading', { name: /^Log in to/ }).waitFor()
  })

  it('the back button shows nothing private after log-out', async () => {
    const whole = await launchWholeChromium()
    onTestFinished(() => whole.close())
    page = (await visit(whole)).page
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/note'))
    await page.getByText('hello usr_').waitFor()
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.waitForURL(at('/'))
    await page.goBack()
    await page.getByText('stranger').waitFor()
    expect(await page.getByText('hello usr_').count()).toBe(0)
  })

  it('SEC-157 client components know who is signed in and what is permitted, and no token comes to the browser', async () => {
    await page.goto(at('/client'))
    await page.getByText('nobody').waitFor()
    await page.getByText('not permitted').waitFor()
    const answers: Promise<string>[] = []
    page.on('response', (response) => answers.push(response.text().catch(() => '')))
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/client'))
    await page.getByText('signed in as usr_').waitFor()
    await page.getByText('permitted', { exact: true }).waitFor()
    expect((await Promise.all(answers)).filter((text) => /eyJ[\w-]{10,}\.eyJ/.test(text))).toEqual([])
  })

  it('the server has printed no error', () => {
    expect(app.output()).not.toMatch(/⨯|unhandled|Error/)
  })

  it('an outage tells the page its code, and the form stays', async () => {
    await logInAs('Ada Admin', '/page')
    await page.goto(at('/note'))
    await app.pass(400)
    await app.control.addFault({ endpoint: 'token', kind: 'status', status: 503, times: 0 })
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('error.tsx: refresh_unavailable').waitFor()
    await app.control.clearFaults()
    await page.waitForTimeout(1500)
    await page.goto(at('/note'))
    await page.getByText('hello usr_').waitFor()
  })
})
