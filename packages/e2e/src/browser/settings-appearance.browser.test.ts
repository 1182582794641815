import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, visit } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { organizations } from '../support/journey.js'
import { findProblems } from '../support/page-problems.js'
import { settingsFrameworks } from './settings-journey.js'

/** Pictures of the settings for people to look at, and what a program can say about them. */
const folder = fileURLToPath(new URL('../../../../artifacts/screenshots', import.meta.url))

const stops: readonly (readonly [path: string, act?: (page: Page) => Promise<unknown>])[] = [
  ['/settings'],
  ['/settings/organization'],
  ['/settings/members', (page) => page.locator('main summary').last().click()],
  ['/settings/portal', (page) => page.locator('scalekit-admin-portal [part=status]').waitFor({ state: 'hidden' })],
  ['/settings/directory', (page) => page.getByRole('button', { name: 'Compare' }).click()],
  ['/settings/sessions'],
]

describe.each(settingsFrameworks)('%s', (framework) => {
  let example: Example
  let browser: Browser

  beforeAll(async () => {
    mkdirSync(folder, { recursive: true })
    example = await startExample(framework)
    browser = await launchChromium()
    const { id } = await example.control.directories.add({ organizationId: organizations.acme })
    const member = await example.control.directories.addUser(id, { email: 'nina@example.com', givenName: 'Nina' })
    await example.control.directories.addGroup(id, { displayName: 'Engineering', members: [member] })
    await example.control.invite({ organizationId: organizations.acme, email: 'zoe@newcomer.test' })
  })
  afterAll(async () => {
    await browser?.close()
    await example?.stop()
  })

  it.each([
    ['light', 1100],
    ['light', 400],
    ['dark', 1100],
    ['dark', 400],
  ] as const)('in %s colours, at %i px, the login page and the settings fit and can be read', async (scheme, width) => {
    const visitor = await visit(browser, { colorScheme: scheme, viewport: { width, height: 800 } })
    const { page } = visitor
    const problems: string[] = []
    const look = async (path: string) => {
      const name = path.slice(1).replaceAll('/', '-')
      const file = `${folder}/${framework}-app-${name}-${scheme}-${width}.png`
      await page.screenshot({ path: file, fullPage: true, timeout: 5000 })
      problems.push(...(await page.evaluate(findProblems, scheme)).map((problem) => `${name}: ${problem}`))
    }
    await page.goto(`${example.origin}/login`)
    await look('/login')
    await page.goto(`${example.origin}/settings`)
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    await page.waitForURL(`${example.origin}/settings`)
    for (const [path, act] of stops) {
      await page.goto(example.origin + path)
      await act?.(page)
      await page.waitForLoadState('load')
      await look(path)
    }
    expect(problems).toEqual([])
    expect(visitor.takeComplaints()).toEqual([])
    await visitor.close()
  })
})
