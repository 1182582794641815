import { Browser } from '@scalegate/testing/audits'
import { expect } from 'vitest'
import type { NextApp } from '../support/next-app.js'

/** A browser in which this person of the seed has logged in, by the form of the emulator. */
export async function signIn(app: NextApp, email = 'ada@acme.test'): Promise<Browser> {
  const browser = new Browser()
  const login = (await browser.follow(`${app.origin}/auth/login?return_to=/page`)).at(-1)!
  const action = /<form[^>]*action="([^"]+)"/.exec(login.text)?.[1] ?? ''
  const end = await browser.follow(new URL(action, login.url).href, { form: { email }, from: login.url })
  expect(end.at(-1)!.url).toBe(`${app.origin}/page`)
  return browser
}
