import { Browser, type Page } from '@scalegate/testing/audits'
import { expect } from 'vitest'
import { arrive } from './journey.js'
import type { Stage } from './stage.js'

/** A browser back from the provider, its callback address not yet visited. */
export interface Arrived {
  readonly browser: Browser
  readonly callback: string
  readonly state: string
  readonly code: string
  /** Visits the callback address with some parameters replaced; null leaves one out. */
  readonly but: (changes: Readonly<Record<string, string | null>>) => Promise<Page>
}

/** Logins of a stage, stopped at the app's door. */
export function arrivals(stage: () => Stage) {
  const at = (path: string) => stage().app.origin + path

  async function arrived(query = ''): Promise<Arrived> {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app, { query })
    await stage().forget()
    const parameter = (name: string) => callback.searchParams.get(name) ?? ''
    const but = (changes: Readonly<Record<string, string | null>>) => {
      const url = new URL(callback)
      for (const [name, value] of Object.entries(changes))
        value === null ? url.searchParams.delete(name) : url.searchParams.set(name, value)
      return browser.navigate(url.href)
    }
    return { browser, callback: callback.href, state: parameter('state'), code: parameter('code'), but }
  }

  /** Whatever was tried before, the login itself still works. */
  async function expectStillWorks({ browser, callback }: Pick<Arrived, 'browser' | 'callback'>): Promise<void> {
    const page = await browser.navigate(callback)
    expect([page.status, page.next]).toEqual([303, at('/')])
    expect((await browser.fetch(at('/private'))).status).toBe(200)
  }

  return { at, arrived, expectStillWorks }
}
