import { Browser, type Page, type Visit } from '@scalegate/testing/audits'
import { expect, it } from 'vitest'
import { people } from '../support/journey.js'
import type { Document } from './document.js'
import type { DocumentedApp } from './documented-app.js'

type Running = () => DocumentedApp

/** Opens a page and goes wherever it leads, as somebody in front of a browser does; gives the page they end at. */
export async function open(browser: Browser, url: string, visit: Visit = {}): Promise<Page> {
  const page = (await browser.follow(url, visit)).at(-1)!
  const onward = streamedRedirect(page)
  return onward === undefined ? page : open(browser, onward, { from: page.url })
}

/** Where a page of Next leads that had begun to be sent before its guard decided. */
export function streamedRedirect({ text, url }: Page): string | undefined {
  const found = /<meta id="__next-page-redirect" http-equiv="refresh" content="\d+;url=([^"]+)"\/>/.exec(text)?.[1]
  return found === undefined ? undefined : new URL(found.replaceAll('&amp;', '&'), url).href
}

/** What a person reads on a page. */
function textOf({ text }: Page): string {
  const seen = text.replace(/<script\b[\s\S]*?<\/script>|<style\b[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, '')
  return seen
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A stranger opens a guarded page, is led to the login, picks somebody, and is led back; gives what they end at. */
export async function comeIn(app: DocumentedApp, path: string, user: string, browser = new Browser()): Promise<Page> {
  const login = await open(browser, app.origin + path)
  expect(new URL(login.url).origin, `${login.text}\n${app.output()}`).toBe(app.provider)
  expect(login.text).toContain('Ada Admin')
  return open(browser, login.url, { form: { user }, from: login.url })
}

/** What every document promises of its page that asks for `sk_org_users_read`. */
export function guardsMembers(app: Running, path: string, shown: string): void {
  it(`answers ${path} to Ada, who comes from the login`, async () => {
    const page = await comeIn(app(), path, people.ada)
    expect(page, app().output()).toMatchObject({ url: app().origin + path, status: 200 })
    expect(textOf(page)).toContain(shown)
  })

  it(`refuses ${path} to Gil, and does not send him to the login`, async () => {
    const page = await comeIn(app(), path, people.gil)
    expect(new URL(page.url).origin).toBe(app().origin)
    expect(page.status, app().output()).toBe(403)
    expect(textOf(page)).toContain('You are signed in, but this is not open to you.')
    expect(page.text).not.toContain(shown)
  })
}

/** The start page knows who is there, and its button ends the session, here and at the provider. */
export function logsOut(app: Running, start: string, guarded: string): void {
  it(`logs out by the form on ${start}`, async () => {
    const browser = new Browser()
    const home = app().origin + start
    const stranger = await open(browser, home)
    expect({ form: formOf(stranger), link: loginLink.test(stranger.text) }).toEqual({ form: undefined, link: true })
    await comeIn(app(), guarded, people.ada, browser)
    const signedIn = await open(browser, home)
    const form = { method: 'post', action: '/auth/logout' }
    expect({ form: formOf(signedIn), link: loginLink.test(signedIn.text) }).toEqual({ form, link: false })
    const trail = await browser.follow(app().origin + form.action, { form: {}, from: home })
    expect(trail.map(({ url }) => new URL(url).origin)).toContain(app().provider)
    expect(trail.at(-1)).toMatchObject({ url: `${app().origin}/`, status: 200 })
    expect(formOf(await open(browser, home))).toBeUndefined()
    expect(new URL((await open(browser, app().origin + guarded)).url).origin).toBe(app().provider)
  })
}

const loginLink = /<a href="\/auth\/login">Log in<\/a>/

/** The first form of a page. React writes its attributes in an order of its own. */
function formOf({ text }: Page): { method?: string | undefined; action?: string | undefined } | undefined {
  const attributes = /<form ([^>]*)>/.exec(text)?.[1]
  if (attributes === undefined) return undefined
  return { method: /method="([^"]*)"/.exec(attributes)?.[1], action: /action="([^"]*)"/.exec(attributes)?.[1] }
}

/** What the three tutorials have in common. `api` is the address that they ask with curl. */
export function walksTheTutorial(app: Running, tutorial: Document, api: string): void {
  it('shows the lines that the emulator prints', () => {
    const names = (lines: readonly string[]) => lines.map((line) => line.split('=')[0])
    const [shown] = tutorial.fences.filter(({ language }) => language === 'text')
    expect(names(app().variables)).toEqual(names((shown?.code ?? '').trim().split('\n')))
  })

  it('leads a stranger from /profile to the login and back', async () => {
    const page = await comeIn(app(), '/profile', people.ada)
    expect(page, app().output()).toMatchObject({ url: `${app().origin}/profile`, status: 200 })
    expect(textOf(page)).toContain('Ada Admin of org_102000000000000001')
  })

  it(`answers a program at ${api} with 401`, async () => {
    const answer = await fetch(app().origin + api)
    expect(answer.status, app().output()).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' })
  })

  guardsMembers(app, '/members', 'Only for people who may see the members.')
  logsOut(app, '/', '/profile')

  it.each([
    ['Ada', people.ada, 8],
    ['Gil', people.gil, 2],
  ] as const)('lists the settings pages of %s, and they open', async (_, user, count) => {
    const browser = new Browser()
    const page = await comeIn(app(), '/settings', user, browser)
    const entries = [...page.text.matchAll(/<li><a href="([^"]+)">([^<]+)<\/a><\/li>/g)]
    expect(entries, page.text).toHaveLength(count)
    expect(entries.map(([, , title]) => title)).toEqual(expect.arrayContaining(['Profile', 'Security']))
    const opened = await open(browser, new URL(entries[0]?.[1]?.replaceAll('&amp;', '&') ?? '', app().origin).href)
    expect(opened).toMatchObject({ status: 200, url: expect.stringContaining(app().provider) })
  })
}
