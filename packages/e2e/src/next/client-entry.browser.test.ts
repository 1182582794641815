import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, type Visitor, visit } from '../support/chromium.js'

/**
 * `@scalegate/next/client` as built, in a browser and without Next: hydration, shared requests, what comes later from
 * the server. React is CommonJS and there is no bundler here, so the page brings a `require` of its own.
 */
const next = createRequire(new URL('../../../next/package.json', import.meta.url))
const react = dirname(next.resolve('react'))
const reactDom = dirname(next.resolve('react-dom'))
const scheduler = dirname(createRequire(next.resolve('react-dom')).resolve('scheduler'))
const files = {
  react: `${react}/cjs/react.development.js`,
  'react-dom': `${reactDom}/cjs/react-dom.development.js`,
  'react-dom/client': `${reactDom}/cjs/react-dom-client.development.js`,
  'react-dom/server': `${reactDom}/cjs/react-dom-server-legacy.browser.development.js`,
  scheduler: `${scheduler}/cjs/scheduler.development.js`,
  '@scalegate/core/permissions': next.resolve('@scalegate/core/permissions'),
  '@scalegate/next/client': next.resolve('@scalegate/next/client'),
}

const script = `
const process = { env: { NODE_ENV: 'development' } }
const modules = {}, loaded = {}
${Object.entries(files)
  .map(
    ([name, file]) =>
      `modules[${JSON.stringify(name)}] = (module, exports, require) => {\n${readFileSync(file, 'utf8')}\n}`,
  )
  .join('\n')}
function require(name) {
  if (!loaded[name]) {
    loaded[name] = { exports: {} }
    modules[name](loaded[name], loaded[name].exports, require)
  }
  return loaded[name].exports
}
const React = require('react')
const { createElement: e, StrictMode, useEffect, useState } = React
const { Permitted, SessionProvider, SignedIn, SignedOut, useSession } = require('@scalegate/next/client')
function Status() {
  const { status, session } = useSession()
  return e('p', { className: 'status' }, status + ' ' + (session?.user.name ?? 'nobody'))
}
const parts = [
  e(Status, { key: 1 }),
  e(Status, { key: 2 }),
  e(SignedIn, { key: 3 }, e('p', null, 'for people')),
  e(SignedOut, { key: 4 }, e('p', null, 'for strangers')),
  e(Permitted, { key: 5, permission: 'sk_org_sso_read', fallback: e('p', null, 'not permitted') }, e('p', null, 'permitted')),
]
const render = () => new Promise((resolve) => setTimeout(resolve, 100))
const renderOnServer = require('react-dom/server').renderToString
/** Takes over what a server has rendered. Gives the HTML of the server. */
async function hydrate(tree, html = renderOnServer(tree)) {
  document.body.innerHTML = '<div id="root">' + html + '</div>'
  require('react-dom/client').hydrateRoot(document.querySelector('#root'), tree)
  await render()
  return html.replace(/<[^>]*>/g, '|')
}
`

const ada = {
  user: { id: 'usr_1', emailVerified: true, name: 'Ada' },
  roles: ['admin'],
  permissions: ['sk_org_sso_manage'],
  claims: {},
  loggedInAt: 0,
  expiresAt: 86_400,
  stale: false,
}

let browser: Browser
let visitor: Visitor
let asked: string[]
/** What `GET session` answers; `undefined` is a 503. */
let answer: object | null | undefined

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
})
beforeEach(async () => {
  visitor = await visit(browser)
  asked = []
  answer = ada
  await visitor.page.context().route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/script.js') return route.fulfill({ contentType: 'text/javascript', body: script })
    if (!pathname.endsWith('/session'))
      return route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><link rel="icon" href="data:,"><script src="/script.js"></script>',
      })
    asked.push(pathname)
    if (answer === undefined) return route.fulfill({ status: 503, body: '' })
    return route.fulfill({ contentType: 'application/json', body: JSON.stringify({ session: answer }) })
  })
  await visitor.page.goto('http://127.0.0.1/')
})
afterEach(async () => {
  // A mismatch of server and browser is an error on the console.
  const complaints = visitor.takeComplaints()
  await visitor.close()
  expect(complaints.filter((text) => !text.includes('503'))).toEqual([])
})

const seen = (page: Page) => page.locator('#root p').allTextContents()
const hydrate = (page: Page, tree: string) => page.evaluate(`hydrate(${tree})`)

describe('@scalegate/next/client', () => {
  it('without a provider: the server shows nothing, the browser asks once for all of the page', async () => {
    const { page } = visitor
    expect(await hydrate(page, 'e(StrictMode, null, ...parts)')).toBe('|loading nobody||loading nobody|')
    expect(await seen(page)).toEqual(['signed-in Ada', 'signed-in Ada', 'for people', 'permitted'])
    expect(asked).toEqual(['/auth/session'])
  })

  it('matches the server also where a part of the page is taken over after the answer', async () => {
    const { page } = visitor
    await page.evaluate('globalThis.html = renderOnServer(e(Status))')
    await hydrate(page, 'e(Status)')
    expect(await seen(page)).toEqual(['signed-in Ada'])
    expect(await page.evaluate('hydrate(e(Status), html)')).toBe('|loading nobody|')
    expect(await seen(page)).toEqual(['signed-in Ada'])
  })

  it('tells strangers from people', async () => {
    answer = null
    await hydrate(visitor.page, 'e(StrictMode, null, ...parts)')
    expect(await seen(visitor.page)).toEqual([
      'signed-out nobody',
      'signed-out nobody',
      'for strangers',
      'not permitted',
    ])
  })

  it('shows nothing to anybody while nobody can say', async () => {
    answer = undefined
    await hydrate(visitor.page, 'e(StrictMode, null, ...parts)')
    expect(await seen(visitor.page)).toEqual(['unavailable nobody', 'unavailable nobody'])
  })

  it('with a session of the server: right from the first byte on, and nothing is asked', async () => {
    const { page } = visitor
    const html = await hydrate(
      page,
      `e(StrictMode, null, e(SessionProvider, { initial: ${JSON.stringify(ada)} }, ...parts))`,
    )
    expect(html).toBe('|signed-in Ada||signed-in Ada||for people||permitted|')
    expect(await seen(page)).toEqual(['signed-in Ada', 'signed-in Ada', 'for people', 'permitted'])
    expect(asked).toEqual([])
  })

  it('with a stale one: signed in, permitted nothing, and asked for once', async () => {
    const stale = JSON.stringify({ ...ada, stale: true })
    const { page } = visitor
    const html = await hydrate(
      page,
      `e(StrictMode, null, e(SessionProvider, { initial: ${stale}, path: '/app/auth/session' }, ...parts))`,
    )
    expect(html).toBe('|signed-in Ada||signed-in Ada||for people|')
    expect(await seen(page)).toContain('permitted')
    expect(asked).toEqual(['/app/auth/session'])
  })

  it('takes what the server renders later, and keeps what it has learnt over what it was rendered with', async () => {
    const { page } = visitor
    await page.evaluate(`globalThis.ada = ${JSON.stringify(ada)}
    globalThis.App = function App() {
      const [initial, setInitial] = useState(ada)
      const [count, setCount] = useState(0)
      globalThis.serverRenders = setInitial
      globalThis.rendersAgain = () => setCount(count + 1)
      return e(SessionProvider, { initial }, ...parts, e(Status, { key: 'new' + count }))
    }`)
    await hydrate(page, 'e(StrictMode, null, e(App))')
    await page.evaluate(
      `serverRenders(${JSON.stringify({ ...ada, user: { ...ada.user, name: 'Bea' }, permissions: [] })})`,
    )
    await page.getByText('not permitted').waitFor()
    expect(await seen(page)).toEqual(['signed-in Bea', 'signed-in Bea', 'for people', 'not permitted', 'signed-in Bea'])
    answer = null
    await page.evaluate(`dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))`)
    await page.getByText('for strangers').waitFor()
    await page.evaluate('rendersAgain(), render()')
    expect((await seen(page))[0]).toBe('signed-out nobody')
    await page.evaluate('serverRenders(ada)')
    await page.getByText('for people').waitFor()
  })
})
