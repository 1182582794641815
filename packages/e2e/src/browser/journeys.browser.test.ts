import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { launchChromium, launchWholeChromium, type Visitor, visit } from '../support/chromium.js'
import { type Example, frameworks, startExample } from '../support/example.js'

/**
 * What people do, in a real browser: the same app on three frameworks, each with a strict policy in front, and the
 * emulator on another site.
 */
describe.each(frameworks)('%s', (framework) => {
  let example: Example
  let browser: Browser
  let visitor: Visitor

  beforeAll(async () => {
    example = await startExample(framework)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await example?.stop()
  })
  beforeEach(async () => {
    visitor = await visit(browser)
  })
  afterEach(async () => {
    const complaints = visitor.takeComplaints()
    await visitor.close()
    expect(complaints, 'complaints of the browser').toEqual([])
  })

  const at = (path: string) => example.origin + path
  const pathOf = (page: Page) => page.url().replace(example.origin, '')

  /** From a page of the app to the login, and in as one of the people there. */
  async function logIn(page: Page, name: string, path = '/projects'): Promise<void> {
    await page.goto(at(path))
    await page.getByRole('button', { name }).click()
    await page.waitForURL(at(path))
  }

  /** Chromium reports each 4xx document; a test that expects one says so. */
  function expectDocumentError(status: number): void {
    expect(visitor.takeComplaints()).toEqual([documentError(status)])
  }

  describe('a person', () => {
    it('logs in by clicking and creates a project', async () => {
      const { page } = visitor
      await page.goto(at('/'))
      await page.getByRole('banner').getByRole('link', { name: 'Log in' }).click()
      expect(new URL(page.url()).origin).toBe(example.provider)
      await page.getByRole('button', { name: 'Ada Admin' }).click()
      await page.waitForURL(at('/projects'))
      await page.getByRole('banner').getByText('Ada Admin').waitFor()

      await page.getByLabel('New project').fill('<b>Moon</b> base')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByText('<b>Moon</b> base').waitFor()
      expect(await page.locator('li b b').count()).toBe(0)
      expect((await page.context().cookies()).filter(({ name }) => name.includes('-login.'))).toEqual([])
    })

    it('sees what the role allows, and a 403 page with a way on where it does not', async () => {
      const { page } = visitor
      await logIn(page, 'Ada Admin', '/members')
      await page.getByRole('heading', { name: 'Members' }).waitFor()
      const guest = await visit(browser)
      await logIn(guest.page, 'Gil Guest')
      await guest.page.getByRole('link', { name: 'Members' }).click()
      await guest.page.getByText('forbidden', { exact: true }).waitFor()
      // A page of Next cannot answer 403 itself, so it sends people to one that does.
      expect(pathOf(guest.page)).toBe(framework === 'next' ? '/auth/forbidden' : '/members')
      await guest.page.getByRole('link', { name: 'Go to the start page' }).click()
      await guest.page.getByText('Hello, Gil.').waitFor()
      // The router of Next fetches the page before it opens it, and Chromium looks for an icon that the page does not name.
      const complaints = guest.takeComplaints().filter((complaint) => complaint !== documentError(404))
      expect([...new Set(complaints)]).toEqual([documentError(403)])
      await guest.close()
    })

    it('logs in in two tabs at once, each of which gets to its own page', async () => {
      const one = visitor.page
      const two = await visitor.openTab()
      await one.goto(at('/members'))
      await two.goto(at('/settings'))
      await two.getByRole('button', { name: 'Ada Admin' }).click()
      await two.waitForURL(at('/settings'))
      await one.getByRole('button', { name: 'Ada Admin' }).click()
      await one.waitForURL(at('/members'))
      await two.reload()
      expect(pathOf(two)).toBe('/settings')
    })

    it('chooses an organization', async () => {
      const { page } = visitor
      await page.goto(at('/'))
      await page.getByRole('banner').getByRole('link', { name: 'Log in' }).click()
      await page.getByRole('button', { name: 'Bea Both' }).click()
      await page.getByRole('heading', { name: 'Choose an organization' }).waitFor()
      await page.getByRole('button', { name: 'Globex' }).click()
      await page.waitForURL(at('/projects'))
      await page.goto(at('/'))
      await page.getByRole('main').getByText('org_102000000000000002').waitFor()
    })

    it('comes through single sign-on', async () => {
      const { page } = visitor
      await page.goto(at('/projects'))
      await page.getByLabel('E-mail address').fill('sam@example.com')
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.getByRole('heading', { name: 'Acme' }).waitFor()
      await page.getByRole('button', { name: 'Send the answer' }).click()
      await page.waitForURL(at('/projects'))
      await page.getByRole('banner').getByText('Sam').waitFor()
    })

    it('is told in words when single sign-on fails, and can start again', async () => {
      const { page } = visitor
      await page.goto(at('/projects'))
      await page.getByLabel('E-mail address').fill('sam@example.com')
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.getByLabel('The identity provider answers').selectOption('access_denied')
      await page.getByRole('button', { name: 'Send the answer' }).click()
      await page.getByText('access_denied', { exact: true }).waitFor()
      expectDocumentError(403)
      await page.getByRole('link', { name: 'Log in again' }).click()
      await page.getByRole('heading', { name: /^Log in to/ }).waitFor()
    })

    it('signs up with a new organization', async () => {
      const { page } = visitor
      await page.goto(at('/projects'))
      await page.getByRole('link', { name: 'Sign up' }).click()
      await page.getByLabel('E-mail address').fill('nia@newcomer.test')
      await page.getByLabel('Given name').fill('Nia')
      await page.getByLabel('Family name').fill('New')
      await page.getByLabel('Organization').fill('Newcomer')
      await page.getByRole('button', { name: 'Sign up' }).click()
      await page.waitForURL(at('/projects'))
      await page.getByRole('banner').getByText('Nia New').waitFor()
    })

    it('works with the keyboard alone', async () => {
      const { page } = visitor
      await page.goto(at('/'))
      await tabTo(page, 'Log in')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: /^Log in to/ }).waitFor()
      await tabTo(page, 'Ada Admin')
      await page.keyboard.press('Enter')
      await page.waitForURL(at('/projects'))
      await tabTo(page, 'Skip to content')
      await tabTo(page, 'Log out')
      await page.keyboard.press('Enter')
      await page.waitForURL(at('/'))
      await page.getByRole('banner').getByRole('link', { name: 'Log in' }).waitFor()
    })

    it('can do all of that without scripts', async () => {
      const plain = await visit(browser, { javaScriptEnabled: false })
      await logIn(plain.page, 'Ada Admin')
      await plain.page.getByRole('button', { name: 'Log out' }).click()
      await plain.page.waitForURL(at('/'))
      expect(plain.takeComplaints()).toEqual([])
      await plain.close()
    })
  })

  describe('log-out', () => {
    it('goes through the page that moves on, under helmet’s form-action ‘self’, and ends both sessions', async () => {
      const { page } = visitor
      await logIn(page, 'Max Member')
      const policy = (await page.reload())?.headers()['content-security-policy']
      expect(policy).toContain("form-action 'self'")
      const passed: string[] = []
      page.on('response', (response) => {
        if (response.request().isNavigationRequest())
          passed.push(`${response.request().method()} ${new URL(response.url()).pathname} ${response.status()}`)
      })
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.waitForURL(at('/'))
      expect(passed).toEqual(['POST /auth/logout 200', 'GET /oidc/logout 302', 'GET / 200'])
      const { sessions, users } = await example.control.state()
      const max = users.find(({ email }) => email === 'max@acme.test')
      expect(sessions.filter(({ userId, status }) => userId === max?.id && status === 'active')).toEqual([])
      await page.goto(at('/projects'))
      await page.getByRole('heading', { name: /^Log in to/ }).waitFor()
    })

    it('leaves nothing private behind the back button', async () => {
      const whole = await launchWholeChromium()
      onTestFinished(() => whole.close())
      const { page, takeComplaints } = await visit(whole)
      await logIn(page, 'Ada Admin')
      await page.getByRole('link', { name: 'Members' }).click()
      await page.getByRole('heading', { name: 'Members' }).waitFor()
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.waitForURL(at('/'))
      // Back is the members page, which now leads to the login; further back is the login that is over.
      await page.goBack()
      await page.getByRole('heading', { name: /^Log in to/ }).waitFor()
      expect(new URL(page.url()).origin).toBe(example.provider)
      await page.goBack()
      expect(await page.getByRole('banner').getByText('Ada Admin').count()).toBe(0)
      takeComplaints()
      await page.goto(at('/'))
      expect(await page.getByText('Ada').count()).toBe(0)
      expect(takeComplaints(), 'complaints of the browser').toEqual([])
    })

    it('inside the widgets ends the session of the app', async () => {
      const { page } = visitor
      await logIn(page, 'Ada Admin', '/settings')
      await page.getByRole('link', { name: 'Member management' }).click()
      await page.waitForURL(`${example.provider}/ui/**`)
      await page.getByRole('button', { name: 'Log out' }).click()
      await page.getByRole('heading', { name: 'You are logged out' }).waitFor()
      await page.goto(at('/'))
      await page.getByRole('banner').getByRole('link', { name: 'Log in' }).waitFor()
      expect(await page.getByText('Ada').count()).toBe(0)
    })

    it('somewhere else takes the person to the login at the next click', async () => {
      const { page } = visitor
      await logIn(page, 'Max Member')
      const { sessions, users } = await example.control.state()
      const max = users.find(({ email }) => email === 'max@acme.test')
      const session = sessions.find(({ userId, status }) => userId === max?.id && status === 'active')
      await example.control.revokeSession(session?.id ?? 'none')
      await page.getByLabel('New project').fill('Too late')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('heading', { name: /^Log in to/ }).waitFor()
      // A server action is answered with a redirect and not with a status.
      if (framework !== 'next') expectDocumentError(401)
    })

    it('of another site is refused', async () => {
      const { page } = visitor
      await logIn(page, 'Ada Admin')
      await page.goto(`${example.provider}/ui/login`)
      await page.evaluate((action) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action })
        document.body.append(form)
        form.submit()
      }, at('/auth/logout'))
      await page.waitForTimeout(300)
      visitor.takeComplaints()
      await page.goto(at('/projects'))
      await page.getByRole('banner').getByText('Ada Admin').waitFor()
    })
  })
})

function documentError(status: number): string {
  return `Failed to load resource: the server responded with a status of ${status} (${reasons[status]})`
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
}

/** Presses Tab until the element with this name has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    if ((await focused.count()) === 0) continue
    const text = (await focused.textContent()) || (await focused.getAttribute('id')) || ''
    if (text.includes(name)) return expectVisibleFocus(page)
  }
  throw new Error(`The keyboard does not reach "${name}" on ${page.url()}`)
}

async function expectVisibleFocus(page: Page): Promise<void> {
  const style = await page.locator(':focus').evaluate((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
    return { outline: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1, shadow: boxShadow !== 'none' }
  })
  expect(style.outline || style.shadow, 'the focus can be seen').toBe(true)
}
