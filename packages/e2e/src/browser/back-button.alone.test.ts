import { expect, it, onTestFinished } from 'vitest'
import { launchWholeChromium, visit } from '../support/chromium.js'
import { frameworks, startExample } from '../support/example.js'

/** Alone on its machine: Chromium keeps pages whole only where there is room for them. */
it.each(frameworks)('%s leaves nothing private in a tab that was kept for the back button', async (framework) => {
  const example = await startExample(framework)
  onTestFinished(() => example.stop())
  const browser = await launchWholeChromium()
  onTestFinished(() => browser.close())
  const { page, openTab } = await visit(browser)
  const at = (path: string) => example.origin + path
  await page.addInitScript(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }))
  })
  const wasKept = () => page.evaluate(() => (globalThis as { persisted?: boolean }).persisted)
  // What is nobody's is kept whole, so the browser can do it.
  await page.goto(at('/style.css'))
  await page.goto(`${example.provider}/ui/login`)
  await page.goBack({ waitUntil: 'commit' })
  expect([page.url(), await wasKept()]).toEqual([at('/style.css'), true])

  await page.goto(at('/projects'))
  await page.getByRole('button', { name: 'Ada Admin' }).click()
  await page.waitForURL(at('/projects'))
  await page.goto(`${example.provider}/ui/login`)
  const other = await openTab()
  await other.goto(at('/projects'))
  await other.getByRole('button', { name: 'Log out' }).click()
  await other.waitForURL(at('/'))
  await page.goBack({ waitUntil: 'commit' })
  await page.getByRole('heading', { name: /^Log in to/ }).waitFor()
  expect(await wasKept()).toBe(false)
})
