import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, Sites } from './test/sites.js'
import { launchChromium, Visitor } from './test/visitor.js'

/** Pictures of the element's three states for people to look at, and what a program can say about them. */
const folder = fileURLToPath(new URL('../../../artifacts/screenshots', import.meta.url))

let sites: Sites
let browser: Browser

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  sites = await Sites.start()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  sites?.stop()
})

describe.each([
  ['light', 900],
  ['dark', 900],
  ['light', 380],
] as const)('in %s colours, at %i px', (colorScheme, width) => {
  it.each(['loading', 'loaded', 'failed'] as const)('%s fits', async (state) => {
    sites.reset()
    if (state === 'loading') sites.answer = () => undefined
    if (state === 'failed') sites.answer = (response) => json(response, 403, { code: 'forbidden' })
    const visitor = await Visitor.open(browser, sites)
    const { page } = visitor
    await page.setViewportSize({ width, height: 660 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.evaluate((scheme) => document.documentElement.style.setProperty('color-scheme', scheme), colorScheme)
    await visitor.add()
    await visitor.settled(state)
    await page.screenshot({ path: `${folder}/admin-portal-${state}-${colorScheme}-${width}.png` })
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    // Large enough for a finger (WCAG 2.2, 2.5.5).
    const buttons = await page.getByRole('button', { name: 'Try again' }).all()
    expect(buttons.length).toBe(state === 'failed' ? 1 : 0)
    for (const button of buttons) expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await page.close()
  })
})
