import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, visit } from '../support/chromium.js'
import { type Example, frameworks, startExample } from '../support/example.js'

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

/** Runs in the page: what lies outside of it, texts that hardly differ from their background, fields without a name. */
function findProblems(colorScheme: 'light' | 'dark'): string[] {
  const problems: string[] = []
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) problems.push(`${scrollWidth - clientWidth} px wider than the window`)
  if (document.querySelectorAll('h1').length !== 1) problems.push('not exactly one h1')
  if (document.title === '') problems.push('no title')
  if (document.documentElement.lang === '') problems.push('no language')

  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
  const over = (color: string, below: readonly number[]): number[] => {
    canvas.fillStyle = `rgb(${below.join(' ')})`
    canvas.fillRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const backgroundOf = (element: Element | null): number[] => {
    if (element === null) return colorScheme === 'dark' ? [18, 18, 18] : [255, 255, 255]
    return over(getComputedStyle(element).backgroundColor, backgroundOf(element.parentElement))
  }
  const luminance = (color: readonly number[]) => {
    const [r = 0, g = 0, b = 0] = color.map((part) =>
      part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const seen = new Set<Element>()
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const element = node.parentElement
    if (element === null || seen.has(element) || (node.textContent ?? '').trim() === '') continue
    seen.add(element)
    const { width, height } = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    if (width < 2 || height < 2 || style.visibility === 'hidden') continue
    const background = backgroundOf(element)
    const [light = 0, dark = 0] = [luminance(background), luminance(over(style.color, background))].sort(
      (a, b) => b - a,
    )
    const contrast = (light + 0.05) / (dark + 0.05)
    const isLarge = Number.parseFloat(style.fontSize) >= 24
    if (contrast < (isLarge ? 3 : 4.5))
      problems.push(`contrast ${contrast.toFixed(2)} of "${(node.textContent ?? '').trim().slice(0, 30)}"`)
  }
  const isDark = luminance(backgroundOf(document.body)) < 0.2
  if (isDark !== (colorScheme === 'dark')) problems.push(`the background does not follow the ${colorScheme} scheme`)

  for (const field of document.querySelectorAll<HTMLInputElement>('input:not([type=hidden]), select, textarea'))
    if ((field.labels?.length ?? 0) === 0 && !field.hasAttribute('aria-label'))
      problems.push(`field ${field.name} without a label`)
  return problems
}
