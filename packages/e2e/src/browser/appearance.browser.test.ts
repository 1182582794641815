import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, visit } from '../support/chromium.js'
import { type Example, frameworks, startExample } from '../support/example.js'
import { findProblems } from '../support/page-problems.js'

/** Pictures of every page for people to look at, and what a program can say about them. */
const folder = fileURLToPath(new URL('../../../../artifacts/screenshots', import.meta.url))

let example: Example
let browser: Browser

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  browser = await launchChromium()
})
afterAll(() => browser?.close())

const at = (path: string) => example.origin + path
type Stop = readonly [name: string, go: (page: Page) => Promise<unknown>]

const toLogin = (page: Page) => page.goto(at('/auth/login?return_to=/projects'))

/** In the order in which a person could see them. */
const stops: readonly Stop[] = [
  ['app-home', (page) => page.goto(at('/'))],
  ['app-not-found', (page) => page.goto(at('/nowhere'))],
  ['kit-login-not-ours', (page) => page.goto(at('/auth/callback?code=a&state=b'))],
  ['provider-login', toLogin],
  [
    'provider-login-error',
    (page) =>
      page
        .getByLabel('E-mail address')
        .fill('nobody@nowhere.test')
        .then(() => press(page, 'Continue')),
  ],
  ['provider-sign-up', (page) => page.getByRole('link', { name: 'Sign up' }).click()],
  [
    'provider-sso',
    (page) =>
      toLogin(page)
        .then(() => page.getByLabel('E-mail address').fill('sam@example.com'))
        .then(() => press(page, 'Continue')),
  ],
  ['provider-idp-portals', (page) => page.goto(`${example.provider}/sso/portal`)],
  ['provider-idp-portal', (page) => page.getByRole('link', { name: 'Acme' }).click()],
  ['provider-invitation', (page) => invite('zoe@newcomer.test').then((url) => page.goto(url))],
  ['kit-login-loop', stayInLoop],
  ['provider-organizations', (page) => toLogin(page).then(() => press(page, 'Bea Both'))],
  ['app-projects', (page) => press(page, 'Globex')],
  ['app-menu', (page) => page.getByRole('banner').getByText('Bea Both').click()],
  ['app-delete-project', (page) => page.getByRole('link', { name: 'Delete Website relaunch' }).click()],
  ['app-activity', (page) => page.goto(at('/activity'))],
  ['app-home-signed-in', (page) => page.goto(at('/'))],
  ['app-members', (page) => page.goto(at('/members'))],
  ['app-settings', (page) => page.goto(at('/settings'))],
  ['provider-widgets', (page) => page.goto(at('/auth/widgets'))],
  ['provider-widget-members', (page) => page.getByRole('link', { name: 'Member' }).click()],
  ['kit-forbidden', (page) => page.goto(at('/auth/widgets?widget=nothing'))],
  ['kit-logging-out', stayOnLogOut],
  ['provider-logged-out', (page) => page.goto(`${example.provider}/ui/login`)],
  ['provider-control', (page) => page.goto(`${example.provider}/_emulator`)],
]

function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: name === 'Continue' }).click()
}

function invite(email: string): Promise<string> {
  return example.control.invite({ organizationId: 'org_102000000000000002', email, roles: ['member'] })
}

/** Another party sends the person to the login again and again. */
async function stayInLoop(page: Page): Promise<void> {
  const url = at(`/auth/login?iss=${encodeURIComponent(example.provider)}`)
  for (let arrival = 0; arrival < 3; arrival++) await page.goto(url)
}

/** The page moves on at once; an answer without content leaves it where it is, so that it can be looked at. */
async function stayOnLogOut(page: Page): Promise<void> {
  await page.goto(at('/projects'))
  await page.route('**/oidc/logout**', (route) => route.fulfill({ status: 204 }))
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByRole('heading', { name: 'Logging out' }).waitFor()
}

describe.each(frameworks)('%s', (framework) => {
  beforeAll(async () => {
    example = await startExample(framework)
  })
  afterAll(() => example?.stop())

  it.each([
    ['light', 1100],
    ['light', 380],
    ['dark', 1100],
    ['dark', 380],
  ] as const)('in %s colours, at %i px, every page fits and can be read', async (colorScheme, width) => {
    const visitor = await visit(browser, { colorScheme, viewport: { width, height: width === 380 ? 740 : 800 } })
    const problems: string[] = []
    for (const [name, go] of stops) {
      await go(visitor.page)
      await visitor.page.waitForLoadState('load').catch(() => undefined)
      // The kit's and the provider's pages look the same from every app.
      if (framework === 'express' || name.startsWith('app-'))
        await visitor.page.screenshot({
          path: `${folder}/${framework}-${name}-${colorScheme}-${width}.png`,
          fullPage: true,
          timeout: 5000,
        })
      const { page } = visitor
      problems.push(...(await page.evaluate(findProblems, colorScheme)).map((problem) => `${name}: ${problem}`))
    }
    await visitor.close()
    expect(problems).toEqual([])
  })
})
