import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AdminPortalElement } from './index.js'
import { eventually } from './test/eventually.js'
import { json, Sites } from './test/sites.js'
import { launchChromium, Visitor } from './test/visitor.js'

let sites: Sites
let browser: Browser
let visitor: Visitor
let listenersOfPage: number

beforeAll(async () => {
  sites = await Sites.start()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  sites?.stop()
})
beforeEach(async () => {
  sites.reset()
  visitor = await Visitor.open(browser, sites)
  listenersOfPage = await visitor.listeners()
})
afterEach(() => visitor.page.close())

const evaluate = (script: string) => visitor.page.evaluate(script)
const listeners = async () => (await visitor.listeners()) - listenersOfPage

describe('SEC-325 an element that leaves the page', () => {
  it('SEC-325 leaves nothing behind, however often', async () => {
    for (let time = 1; time <= 3; time++) {
      await visitor.add()
      await visitor.settled('loaded')
      expect([await listeners(), visitor.frames()]).toEqual([2, 1])
      await evaluate("globalThis.gone = document.getElementById('portal'); gone.remove()")
      expect([await listeners(), visitor.frames()]).toEqual([0, 0])
    }
    expect(await evaluate("gone.shadowRoot.querySelector('iframe')")).toBe(null)
    expect(sites.asked).toHaveLength(3)
  })

  it('SEC-325 hangs up on the server, and shows nothing of an answer that comes later', async () => {
    let answer = () => {}
    sites.answer = (response) => {
      answer = () => json(response, 200, sites.link())
    }
    await visitor.add()
    await eventually(() => sites.asked.length).toBe(1)
    await evaluate("globalThis.gone = document.getElementById('portal'); gone.remove()")
    await eventually(() => sites.asked[0]?.isGivenUp).toBe(true)
    answer()
    expect([await listeners(), await visitor.names(), sites.opened]).toEqual([0, [], []])
    expect(visitor.complaints).toEqual([])
  })

  it('SEC-325 asks nobody if it leaves at once', async () => {
    await evaluate(
      "document.body.append(document.createElement('scalekit-admin-portal')); document.body.lastChild.remove()",
    )
    await evaluate('new Promise((resolve) => setTimeout(resolve, 100))')
    expect(sites.asked).toEqual([])
  })

  it('opens a new portal when it comes back', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    await evaluate("globalThis.gone = document.getElementById('portal'); gone.remove(); document.body.append(gone)")
    await eventually(() => sites.opened.length).toBe(2)
    await visitor.settled('loaded')
    expect([await listeners(), visitor.frames(), sites.asked.length]).toEqual([2, 1, 2])
  })

  it('keeps its portal where it is moved and not removed', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    await evaluate("document.body.moveBefore(document.getElementById('portal'), null)")
    await visitor.say({ event_type: 'PORTAL_SESSION_WARNING' })
    expect(await visitor.names()).toEqual(['event', 'load', 'event'])
    expect(sites.asked).toHaveLength(1)
  })
})

describe('attributes and methods', () => {
  it('opens once for attributes that change together', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    await evaluate(
      "Object.assign(document.getElementById('portal'), { src: '/other', features: 'sso', environment: null })",
    )
    await eventually(() => sites.opened.length).toBe(2)
    await visitor.settled('loaded')
    expect(sites.asked.map(({ body }) => body)).toEqual(['{}', '{"features":["sso"]}'])
    expect(visitor.frames()).toBe(1)
  })

  it('does not open again for the same value, nor for a title, which the frame gets', async () => {
    await visitor.add({ features: 'sso' })
    await visitor.settled('loaded')
    await evaluate("Object.assign(document.getElementById('portal'), { features: 'sso', title: 'Acme: sign-in' })")
    expect(await visitor.page.locator('iframe').getAttribute('title')).toBe('Acme: sign-in')
    await evaluate('new Promise((resolve) => setTimeout(resolve, 100))')
    expect(sites.asked).toHaveLength(1)
  })

  it('opens again by reload(), which does nothing outside a page', async () => {
    await visitor.add({ title: 'Acme: sign-in' })
    await visitor.settled('loaded')
    await evaluate("document.getElementById('portal').reload()")
    await eventually(() => sites.opened.length).toBe(2)
    expect(await visitor.page.locator('iframe').getAttribute('title')).toBe('Acme: sign-in')
    await evaluate("document.createElement('scalekit-admin-portal').reload()")
    expect([visitor.frames(), sites.asked.length]).toEqual([1, 2])
  })

  it('takes a property away by null or undefined', async () => {
    const value = await visitor.page.evaluate(() => {
      const element = document.createElement('scalekit-admin-portal')
      element.src = '/portal'
      element.features = 'sso'
      element.environment = 'https://acme.scalekit.com'
      const given = element.outerHTML
      element.src = null
      element.features = undefined as unknown as null
      element.environment = null
      return [given, element.outerHTML, element.src, element.features, element.environment]
    })
    expect(value).toEqual([
      '<scalekit-admin-portal src="/portal" features="sso" environment="https://acme.scalekit.com"></scalekit-admin-portal>',
      '<scalekit-admin-portal></scalekit-admin-portal>',
      '/auth/admin-portal',
      '',
      '',
    ])
  })
})

describe('an element that was there before its class', () => {
  it('opens with the attributes and the properties it was given', async () => {
    sites.scripts.set('/early.js', "document.getElementById('portal').features = 'dir_sync'")
    sites.pages.set(
      '/early',
      `<!doctype html><script src="/recorder.js"></script><scalekit-admin-portal id="portal" environment="${sites.portal}"></scalekit-admin-portal>
<script src="/early.js"></script><script type="module" src="/element.js"></script>`,
    )
    await visitor.page.goto(`${sites.app}/early`)
    await visitor.settled('loaded')
    expect(sites.asked.map(({ body }) => body)).toEqual(['{"features":["dir_sync"]}'])
    expect(await evaluate("document.getElementById('portal').outerHTML")).toBe(
      `<scalekit-admin-portal id="portal" environment="${sites.portal}" features="dir_sync"></scalekit-admin-portal>`,
    )
  })

  it('is made by one class, however many copies of the package there are', async () => {
    await evaluate("import('/element.js?again')")
    await visitor.add()
    await visitor.settled('loaded')
    expect(visitor.complaints).toEqual([])
  })
})

it('can be styled from outside', async () => {
  sites.scripts.set(
    '/styled.js',
    `
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('#portal { --scalekit-portal-min-height: 640px } #portal::part(frame) { opacity: .5 }')
    document.adoptedStyleSheets = [sheet]`,
  )
  await evaluate("import('/styled.js')")
  await visitor.add()
  await visitor.settled('loaded')
  const style = await visitor.page.evaluate(() => {
    const element = document.getElementById('portal') as AdminPortalElement
    const frame = element.shadowRoot?.querySelector('iframe')
    return frame && [frame.clientHeight, getComputedStyle(frame).opacity]
  })
  expect(style).toEqual([640, '0.5'])
})
