import type { Browser, FrameLocator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Visitor, visit } from '../support/chromium.js'
import type { Example } from '../support/example.js'

/** Those that have these settings. */
export const settingsFrameworks = ['express', 'hono', 'next'] as const

/** The settings of the example app as people use them, whichever framework answers. */
export interface SettingsJourney {
  readonly at: (path: string) => string
  /** A browser of somebody who is signed in and looks at `path`; people of several organizations choose one. */
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
      await visitor.page.goto(at(path))
      await visitor.page.getByRole('button', { name }).click()
      if (organization !== undefined) await visitor.page.getByRole('button', { name: organization }).click()
      await visitor.page.waitForURL(at(path))
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

/** The row of somebody in a list, by a text in it. */
export const rowOf = (page: Page, text: string) =>
  page.getByRole('main').getByRole('listitem').filter({ hasText: text })

/** The pages a person is offered, in their order. */
export async function tabsOf(page: Page): Promise<readonly string[]> {
  return page.getByRole('navigation', { name: 'Settings' }).getByRole('link').allTextContents()
}

/** The admin portal within the page. */
export const portalIn = (page: Page): FrameLocator => page.frameLocator('scalekit-admin-portal iframe')
