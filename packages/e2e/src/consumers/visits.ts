import { Browser } from '@scalegate/testing/audits'
import { expect } from 'vitest'
import { problemOf } from '../support/refusals.js'
import type { App } from './project.js'

/** Who the forged cookies are of. */
export const ada = 'usr_ada'

/** A program without a session is refused in a way it can read. */
async function expectRefusal(app: App, path: string): Promise<void> {
  const page = await new Browser().fetch(app.origin + path, { headers: { accept: 'application/json' } })
  expect({ status: page.status, problem: problemOf(page) }, app.output()).toMatchObject({
    status: 401,
    problem: { status: 401, code: 'unauthenticated' },
  })
}

/** A person without a session is taken to the login and back. */
export async function expectLogin(app: App, path: string): Promise<void> {
  const page = await new Browser().navigate(app.origin + path)
  expect([303, 307], app.output()).toContain(page.status)
  expect(page.next).toBe(`${app.origin}/auth/login?return_to=${encodeURIComponent(path)}`)
}

/** The login itself leads to Scalekit: the kit's own routes are there, and its cryptography works. */
async function expectWayToScalekit(app: App): Promise<void> {
  const page = await new Browser().navigate(`${app.origin}/auth/login`)
  expect([302, 303, 307], app.output()).toContain(page.status)
  const next = new URL(page.next ?? 'missing:')
  expect(next.origin).toBe(app.env.SCALEKIT_ENVIRONMENT_URL)
  expect(next.searchParams.get('redirect_uri')).toBe(`${app.origin}/auth/callback`)
}

/** Somebody who is signed in gets in; gives what they see. */
export async function expectWelcome(app: App, path: string, cookie: string): Promise<string> {
  const page = await new Browser().fetch(app.origin + path, { headers: { accept: 'application/json', cookie } })
  expect({ status: page.status, text: page.text }, app.output()).toMatchObject({
    status: 200,
    text: expect.stringContaining(ada),
  })
  return page.text
}

/** The three answers of a guarded route, and the way to the login behind one of them. */
export async function expectGuarded(app: App, path: string, cookie: string): Promise<void> {
  await expectRefusal(app, path)
  await expectLogin(app, path)
  await expectWayToScalekit(app)
  await expectWelcome(app, path, cookie)
}
