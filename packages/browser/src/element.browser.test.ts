import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './test/eventually.js'
import { json, Sites } from './test/sites.js'
import { launchChromium, Visitor } from './test/visitor.js'

let sites: Sites
let browser: Browser
let visitor: Visitor

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
})
afterEach(() => visitor.page.close())

const retry = () => visitor.page.getByRole('button', { name: 'Try again' })
const expiry = { event_type: 'PORTAL_SESSION_EXPIRY', object: 'session', data: { expiry: '2026-01-01T06:00:00Z' } }

describe('on a page with a strict policy', () => {
  it('SEC-321 shows the portal in a frame that may do what it needs, without one complaint of the browser', async () => {
    await visitor.add({ features: 'sso dir_sync', environment: sites.portal })
    await visitor.page.frameLocator('iframe').getByRole('heading', { name: 'Set up Acme' }).waitFor()
    await visitor.settled('loaded')
    expect(
      await visitor.page.locator('iframe').evaluate((frame) => ({
        ...Object.fromEntries([...frame.attributes].map(({ name, value }) => [name, value])),
        src: '',
      })),
    ).toEqual({
      part: 'frame',
      sandbox:
        'allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads',
      allow: 'clipboard-write',
      referrerpolicy: 'no-referrer',
      title: 'Admin portal',
      src: '',
    })
    expect(await visitor.page.locator('iframe').boundingBox()).toMatchObject({ height: 600 })
    expect(visitor.complaints).toEqual([])
    expect(await visitor.names()).toEqual(['event', 'load'])
  })

  it('asks its own server once, for these features', async () => {
    await visitor.page.context().addCookies([{ name: 'session', value: 'ada', url: sites.app }])
    await visitor.add({ features: ' sso  dir_sync sso' })
    await visitor.settled('loaded')
    expect(sites.asked).toHaveLength(1)
    expect(sites.asked[0]).toMatchObject({ method: 'POST', body: '{"features":["sso","dir_sync"]}' })
    expect(sites.asked[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      cookie: 'session=ada',
      origin: sites.app,
      'sec-fetch-site': 'same-origin',
      'cache-control': 'no-cache',
    })
    await visitor.page.context().clearCookies()
  })

  it('SEC-321 gives the portal clipboard, forms and windows, but not the page', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    const frame = await visitor.frame()
    expect(sites.opened[0]).not.toHaveProperty('referer')
    expect(
      await frame.evaluate("(document.permissionsPolicy ?? document.featurePolicy).allowsFeature('clipboard-write')"),
    ).toBe(true)
    const popup = visitor.page.waitForEvent('popup')
    await frame.evaluate("void window.open('/docs')")
    expect(await (await popup).evaluate('origin')).toBe(sites.portal)
    await frame.evaluate(() => {
      const link = document.createElement('a')
      link.href = '/elsewhere'
      link.target = '_top'
      document.body.append(link)
      link.click()
    })
    await visitor.say(null)
    expect(visitor.page.url()).toBe(`${sites.app}/`)
    expect(visitor.complaints.join()).toContain("'allow-top-navigation'")
  })

  it('SEC-313 SEC-315 keeps the link out of the host, the history, the storage, the console and every event', async () => {
    const before = await visitor.page.evaluate('history.length')
    await visitor.add()
    await visitor.settled('loaded')
    await visitor.sayLast(expiry)
    await eventually(() => sites.opened.length).toBe(2)
    await visitor.settled('loaded')
    expect(await visitor.page.evaluate('history.length')).toBe(before)
    const seen = await visitor.page.evaluate(
      () => document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage }),
    )
    expect(seen + JSON.stringify(await visitor.heard()) + visitor.complaints.join()).not.toContain('secret-')
  })

  it('SEC-321 says which directive is missing where the policy forbids the frame', async () => {
    sites.policy = sites.policy.replace(/; frame-src .*/, '')
    await visitor.page.reload()
    await visitor.add()
    await visitor.settled('failed')
    expect((await visitor.heard()).at(-1)).toEqual({
      name: 'error',
      target: 'portal',
      detail: {
        code: 'blocked_by_policy',
        message: `The Content-Security-Policy of this page needs \`frame-src ${sites.portal}\`, see @scalegate/browser/csp.`,
      },
    })
    expect(sites.opened).toHaveLength(0)
    expect(await visitor.page.locator('iframe').count()).toBe(0)
  })
})

describe('loading', () => {
  it('tells people that it loads, and then shows a portal that says nothing itself', async () => {
    sites.isSilent = true
    let answer = () => {}
    sites.answer = (response) => {
      answer = () => json(response, 200, sites.link())
    }
    await visitor.add()
    const status = visitor.page.getByRole('status')
    await status.getByText('Opening the admin portal…').waitFor()
    await eventually(() => sites.asked.length).toBe(1)
    answer()
    await visitor.settled('loaded')
    expect(await status.isVisible()).toBe(false)
    expect(await visitor.names()).toEqual(['load'])
  })

  it.each([
    ['nobody is signed in', 401, 'unauthenticated', 'You are no longer signed in.'],
    ['somebody may not', 403, 'forbidden', 'You may not open the admin portal.'],
    ['it was too often', 429, 'rate_limited', 'The admin portal was opened very often.'],
    ['something is broken', 503, 'unavailable', 'The admin portal could not be opened.'],
  ])('tells people why there is nothing when %s, and tries again on request', async (_, status, code, text) => {
    sites.answer = (response) => json(response, status, { code })
    await visitor.add()
    await visitor.page.getByRole('alert').getByText(text).waitFor()
    expect((await visitor.heard())[0]).toMatchObject({
      name: 'error',
      detail: { code: 'link_refused', status, problem: code },
    })
    sites.answer = undefined
    await retry().click()
    await visitor.settled('loaded')
    expect(await visitor.page.getByRole('alert').isVisible()).toBe(false)
    expect(await visitor.page.evaluate("document.getElementById('portal').error")).toBe(null)
  })

  it('does not follow a redirect to a login page', async () => {
    sites.answer = (response) => void response.writeHead(303, { Location: `${sites.portal}/login` }).end()
    await visitor.add()
    await visitor.settled('failed')
    expect((await visitor.heard())[0]).toMatchObject({ detail: { code: 'link_refused' } })
    // Which would have been a complaint about CORS.
    expect(visitor.complaints).toEqual([])
  })

  it('gives up after 30 seconds', async () => {
    await visitor.page.clock.install()
    sites.answer = () => undefined
    await visitor.add()
    await eventually(() => sites.asked.length).toBe(1)
    await visitor.page.clock.fastForward(29_000)
    expect(await visitor.names()).toEqual([])
    await visitor.page.clock.fastForward(2000)
    await visitor.settled('failed')
    expect((await visitor.heard())[0]).toMatchObject({ name: 'error', detail: { code: 'timeout' } })
    await eventually(() => sites.asked[0]?.isGivenUp).toBe(true)
  })

  it('does not give up on a portal that is there', async () => {
    await visitor.page.clock.install()
    await visitor.add()
    await visitor.settled('loaded')
    await visitor.page.clock.fastForward(60_000)
    expect(await visitor.names()).toEqual(['event', 'load'])
  })

  it.each([
    ['another origin', { src: 'http://localhost:1/auth/admin-portal' }, 'src'],
    ['an address with a password', { src: '//ada:secret@127.0.0.1/' }, 'src'],
    ['no address', { src: 'http://' }, 'src'],
    ['a part that does not exist', { features: 'sso scim' }, 'features'],
    ['an environment with a path', { environment: 'https://acme.scalekit.com/ui' }, 'environment'],
  ])('asks nobody where an attribute has %s', async (_, attributes, name) => {
    await visitor.add(attributes as Record<string, string>)
    await visitor.settled('failed')
    const [heard] = await visitor.heard()
    expect(heard).toMatchObject({ name: 'error', detail: { code: 'configuration_invalid' } })
    expect(heard?.detail?.message).toContain(`\`${name}\``)
    expect(sites.asked).toEqual([])
  })

  it('refuses a server of another environment than the attribute says', async () => {
    await visitor.add({ environment: 'https://acme.scalekit.com' })
    await visitor.settled('failed')
    expect((await visitor.heard())[0]).toMatchObject({ detail: { code: 'location_refused' } })
    expect(sites.opened).toEqual([])
  })

  it('shows words of the app', async () => {
    let isAnswered = false
    sites.answer = (response) => {
      isAnswered = true
      setTimeout(() => json(response, 500, {}), 300)
    }
    await visitor.add(
      {},
      'portal',
      '<p slot="loading">Einen Moment …</p><p slot="error">Das ging nicht.</p><span slot="retry">Noch einmal</span>',
    )
    await visitor.page.getByText('Einen Moment …').waitFor()
    await visitor.page.getByRole('button', { name: 'Noch einmal' }).waitFor()
    expect(await visitor.page.getByText('Das ging nicht.').isVisible()).toBe(true)
    expect(isAnswered).toBe(true)
  })

  it('keeps the focus of those who were in it, and takes nobody else’s', async () => {
    const focus = () =>
      visitor.page.evaluate(() => {
        const host = document.activeElement
        return host?.shadowRoot?.activeElement?.getAttribute('part') ?? host?.tagName
      })
    sites.answer = (response) => json(response, 500, {})
    await visitor.add()
    await visitor.settled('failed')
    expect(await focus()).toBe('BODY')
    let answer = () => {}
    sites.answer = (response) => {
      answer = () => json(response, 200, sites.link())
    }
    await visitor.page.keyboard.press('Tab')
    expect(await focus()).toBe('retry')
    await visitor.page.keyboard.press('Enter')
    expect(await focus()).toBe('status')
    await eventually(() => sites.asked.length).toBe(2)
    answer()
    await visitor.settled('loaded')
    expect(await focus()).toBe('frame')
    await visitor.sayLast(expiry)
    await eventually(focus).toBe('status')
    sites.answer = undefined
    answer()
    await visitor.settled('loaded')
    expect(await focus()).toBe('frame')
  })
})

describe('when the session of the portal ends', () => {
  it.each([
    ['PORTAL_SESSION_EXPIRY', expiry],
    [
      'PORTAL_LOAD_FAILURE',
      { event_type: 'PORTAL_LOAD_FAILURE', object: 'session', data: { error_code: 'SESSION_EXPIRED' } },
    ],
    ['SESSION_EXPIRED of the older guide', { type: 'SESSION_EXPIRED' }],
  ])('opens it again with a new link: %s', async (_, message) => {
    await visitor.add()
    await visitor.settled('loaded')
    await visitor.sayLast(message)
    await eventually(() => visitor.names()).toEqual(['event', 'load', 'event', 'session-expired', 'event', 'load'])
    expect([sites.asked.length, sites.opened.length, visitor.frames()]).toEqual([2, 2, 1])
  })

  it('opens it again where the link was used by somebody else', async () => {
    const used = sites.link()
    await (await fetch(used.location)).text()
    let isFirst = true
    sites.answer = (response) => {
      json(response, 200, isFirst ? used : sites.link())
      isFirst = false
    }
    await visitor.add()
    await eventually(() => visitor.names()).toEqual(['event', 'session-expired', 'event', 'load'])
    expect(sites.asked).toHaveLength(2)
  })

  it('asks once for a portal that says so many times', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    await (await visitor.frame()).evaluate((message) => {
      for (let time = 0; time < 10; time++) parent.postMessage(message, '*')
    }, expiry)
    await eventually(() => visitor.names()).toEqual(['event', 'load', 'event', 'session-expired', 'event', 'load'])
    expect(sites.asked).toHaveLength(2)
  })

  it('stops after three times in a minute, until a person asks', async () => {
    const used = sites.link()
    await (await fetch(used.location)).text()
    sites.answer = (response) => json(response, 200, used)
    await visitor.add()
    await visitor.settled('failed')
    await visitor.page.getByRole('alert').getByText('The session of the admin portal has ended.').waitFor()
    expect((await visitor.heard()).at(-1)).toMatchObject({ name: 'error', detail: { code: 'session_expired' } })
    expect(sites.asked).toHaveLength(4)
    sites.answer = undefined
    await retry().click()
    await visitor.settled('loaded')
    expect(sites.opened).toHaveLength(6)
    await visitor.sayLast(expiry)
    await eventually(() => sites.opened.length).toBe(7)
    await visitor.settled('loaded')
  })

  it('shows other failures of the portal to people', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    await visitor.sayLast({ event_type: 'PORTAL_LOAD_FAILURE', object: 'session', data: { error_code: 'INTERNAL' } })
    await visitor.settled('failed')
    expect((await visitor.heard()).at(-1)).toMatchObject({ name: 'error', detail: { code: 'portal_failed' } })
    expect(visitor.frames()).toBe(0)
  })

  it('leaves it to a listener that does something else', async () => {
    await visitor.add()
    await visitor.settled('loaded')
    await visitor.page.evaluate(() => {
      document.addEventListener('scalekit-portal-session-expired', ({ target }) => (target as Element).remove())
    })
    await visitor.sayLast(expiry)
    await eventually(() => visitor.frames()).toBe(0)
    await visitor.add({}, 'other')
    await visitor.settled('loaded', 'other')
    await visitor.page.evaluate(() => {
      document.addEventListener(
        'scalekit-portal-event',
        ({ target }) => (target as HTMLElementTagNameMap['scalekit-admin-portal']).reload(),
        { once: true },
      )
    })
    await visitor.sayLast(expiry, 'other')
    await eventually(() => sites.opened.length).toBe(3)
    await visitor.settled('loaded', 'other')
    // One for each element, and the one that the listener asked for: none more for the session.
    expect(sites.asked).toHaveLength(3)
  })
})
