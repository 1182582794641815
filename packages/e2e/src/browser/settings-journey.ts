import type { APIRequestContext, Browser, FrameLocator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Visitor, visit } from '../support/chromium.js'
import type { Example } from '../support/example.js'
import { organizations, people } from '../support/journey.js'

/** Those that have these settings. */
export const settingsFrameworks = ['express', 'hono', 'next'] as const

const seed: Readonly<Record<string, string>> = {
  'Ada Admin': people.ada,
  'Max Member': people.max,
  'Bea Both': people.bea,
  'Gil Guest': people.gil,
  Acme: organizations.acme,
  Globex: organizations.globex,
}

/** The settings of the example app as people use them, whichever framework answers. */
export interface SettingsJourney {
  readonly at: (path: string) => string
  /**
   * A browser of somebody who is signed in and looks at `path`; people of several organizations choose one. The pages of
   * the login are answered and not looked at: journeys.browser.test.ts clicks through them.
   */
  readonly enter: (name: string, path?: string, organization?: string) => Promise<Visitor>
  /** Opens a page that this person may not see, and finds the 403 page in its place. */
  readonly expectRefusal: (visitor: Visitor, path: string) => Promise<void>
}

/** Chromium reports each document that is an error. */
const complaintOf = (status: number) => expect.stringContaining(`status of ${status}`)

export function settingsJourney(browser: Browser, example: Example): SettingsJourney {
  const at = (path: string) => example.origin + path
  return {
    at,
    async enter(name, path = '/settings', organization) {
      const visitor = await visit(browser)
      await signIn(visitor.page.request, example.origin, name, organization)
      await visitor.page.goto(at(path))
      expect(visitor.page.url()).toBe(at(path))
      return visitor
    },
    async expectRefusal({ page, takeComplaints }, path) {
      expect(takeComplaints()).toEqual([])
      await page.goto(at(path))
      await page.getByText('forbidden', { exact: true }).waitFor()
      // The router of Next may ask for a page before it opens it.
      expect(takeComplaints()).toContainEqual(complaintOf(403))
    },
  }
}

/** Follows the app to the login and presses the buttons there. The browser has the cookies of both afterwards. */
async function signIn(browser: APIRequestContext, app: string, name: string, organization?: string): Promise<void> {
  const headers = { Accept: 'text/html', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Mode': 'navigate' }
  // What it comes back to costs the app nothing.
  let page = await browser.get(`${app}/auth/login?return_to=/style.css`, { headers })
  const fields = {
    user: seed[name] ?? '',
    ...(organization === undefined ? {} : { organization: seed[organization] ?? '' }),
  }
  for (const [field, value] of Object.entries(fields)) {
    const Origin = new URL(page.url()).origin
    page = await browser.post(page.url(), { form: { [field]: value }, headers: { ...headers, Origin } })
  }
  expect([page.url(), page.status()]).toEqual([`${app}/style.css`, 200])
}

/** The row of somebody in a list, by a text in it. */
export const rowOf = (page: Page, text: string) =>
  page.getByRole('main').getByRole('listitem').filter({ hasText: text })

/** The pages a person is offered, in their order. */
export async function tabsOf(page: Page): Promise<readonly string[]> {
  return page.getByRole('navigation', { name: 'Settings' }).getByRole('link').allTextContents()
}

/** The admin portal within the page. */
export const portalIn = (page: Page): FrameLocator => page.frameLocator('scalekit-admin-portal iframe')
