import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Frame } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './test/eventually.js'
import { Sites } from './test/sites.js'
import { launchChromium, Visitor } from './test/visitor.js'

let sites: Sites
let stranger: Server
let strangersPort: number
let browser: Browser
let visitor: Visitor

beforeAll(async () => {
  sites = await Sites.start()
  stranger = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>Stranger</title>'),
  )
  await new Promise<void>((resolve) => stranger.listen(0, resolve))
  strangersPort = (stranger.address() as AddressInfo).port
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  sites?.stop()
  stranger?.close()
  stranger?.closeAllConnections()
})
beforeEach(async () => {
  sites.reset()
  // The pages of strangers must be allowed to be there at all.
  sites.policy = `${sites.policy} http: data:`
  visitor = await Visitor.open(browser, sites)
  await visitor.add()
  await visitor.settled('loaded')
})
afterEach(() => visitor.page.close())

const success = { event_type: 'PORTAL_LOAD_SUCCESS', object: 'session', data: { expiry: 'now' } }
const enabled = {
  event_type: 'ORGANIZATION_SSO_ENABLED',
  object: 'connection',
  organization_id: 'org_acme',
  message: 'Enabled',
  data: { connection_type: 'SSO', id: 'conn_1', type: 'OIDC', provider: 'OKTA', enabled: true },
}

/** What the portal itself said when it came. */
const opening = ['event', 'load']

/** One more frame in the page. */
async function frameOf(attributes: Readonly<Record<string, string>>): Promise<Frame> {
  const handle = await visitor.page.evaluateHandle((attributes) => {
    const frame = document.createElement('iframe')
    for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value)
    return new Promise<HTMLIFrameElement>((resolve) => {
      frame.addEventListener('load', () => resolve(frame), { once: true })
      document.body.append(frame)
    })
  }, attributes)
  const frame = await handle.contentFrame()
  if (frame === null) throw new Error('There is no frame.')
  return frame
}

describe('SEC-316 a message of another origin', () => {
  it('is heard of the portal itself, so that what follows means something', async () => {
    await visitor.say(enabled)
    expect((await visitor.heard()).at(-1)).toEqual({
      name: 'event',
      target: 'portal',
      detail: {
        type: 'ORGANIZATION_SSO_ENABLED',
        object: 'connection',
        organizationId: 'org_acme',
        message: 'Enabled',
        data: enabled.data,
      },
    })
  })

  it.each([
    ['SEC-316 another name and port', () => `http://evil.test:${strangersPort}/`],
    ['SEC-316 a name that begins like it', () => `${sites.portal.replace('localhost', 'localhost.evil.test')}/`],
    ['SEC-316 another port', () => `http://localhost:${strangersPort}/`],
    ['SEC-316 a name below it', () => `${sites.portal.replace('localhost', 'a.localhost')}/`],
    ['SEC-316 data, of no origin', () => 'data:text/html,<!doctype html>'],
  ])('%s: dropped, also in the portal’s own frame', async (_, address) => {
    const frame = await visitor.frame()
    await frame.goto(address())
    await visitor.sayFrom(frame, enabled)
    expect(await visitor.names()).toEqual(opening)
  })

  it.each(['https://evil.com', 'null', '', 'https://localhost', 'LOCALHOST', '*'])(
    'SEC-316 "%s": dropped',
    async (origin) => {
      const known = await visitor.page.evaluate(
        ([origin, data]) => {
          const source = document
            .querySelector('scalekit-admin-portal')
            ?.shadowRoot?.querySelector('iframe')?.contentWindow
          window.dispatchEvent(new MessageEvent('message', { origin, data, source: source ?? null }))
          return source !== undefined
        },
        [origin, enabled] as const,
      )
      expect(known).toBe(true)
      expect(await visitor.names()).toEqual(opening)
    },
  )
})

describe('SEC-317 a message of the right origin', () => {
  it('SEC-317 from another frame of the portal: dropped', async () => {
    await visitor.sayFrom(await frameOf({ src: sites.link().location }), enabled)
    expect(await visitor.names()).toEqual(opening)
  })

  it('SEC-317 from a frame within the portal: dropped', async () => {
    const frame = await visitor.frame()
    const inner = await frame.evaluateHandle(() => {
      const inner = document.createElement('iframe')
      inner.src = '/inner'
      return new Promise<HTMLIFrameElement>((resolve) => {
        inner.addEventListener('load', () => resolve(inner), { once: true })
        document.body.append(inner)
      })
    })
    const content = await inner.contentFrame()
    if (content === null) throw new Error('There is no frame.')
    await visitor.sayFrom(content, enabled)
    expect(await visitor.names()).toEqual(opening)
  })

  it('SEC-317 from no window at all: dropped', async () => {
    await visitor.page.evaluate(
      ([origin, data]) => window.dispatchEvent(new MessageEvent('message', { origin, data })),
      [sites.portal, enabled] as const,
    )
    expect(await visitor.names()).toEqual(opening)
  })
})

describe('SEC-318 a message of the portal that makes no sense', () => {
  it.each([
    ['a string', 'PORTAL_SESSION_EXPIRY'],
    ['null', null],
    ['a list', [enabled]],
    ['a very large one', { ...enabled, message: 'x'.repeat(1_000_000) }],
    ['one without a type', { ...enabled, event_type: undefined }],
    ['one about another organization', { ...enabled, organization_id: 'org_other' }],
    [
      'one that ends the session of another organization',
      { event_type: 'PORTAL_SESSION_EXPIRY', organization_id: 'org_other' },
    ],
  ])('SEC-318 %s: dropped', async (_, message) => {
    await visitor.say(message)
    expect(await visitor.names()).toEqual(opening)
    expect(visitor.frames()).toBe(1)
    expect(visitor.complaints).toEqual([])
  })

  it('SEC-318 an unknown type is passed on as unknown', async () => {
    await visitor.say({ event_type: 'ORGANIZATION_DOMAIN_VERIFIED', data: { domain: 'acme.test' } })
    expect((await visitor.heard()).at(-1)?.detail).toMatchObject({
      type: 'unknown',
      name: 'ORGANIZATION_DOMAIN_VERIFIED',
      data: { domain: 'acme.test' },
    })
  })

  it('SEC-318 HTML comes into no page', async () => {
    const html = '<img src=x onerror="document.title=`owned`"><b id=owned>owned</b>'
    await visitor.say({ ...enabled, message: html, data: { provider: html } })
    await visitor.sayLast({ event_type: 'PORTAL_LOAD_FAILURE', message: html, data: { error_code: html } })
    await visitor.settled('failed')
    const shown = await visitor.page.evaluate(
      () => document.documentElement.outerHTML + document.querySelector('scalekit-admin-portal')?.shadowRoot?.innerHTML,
    )
    expect(shown).not.toContain('owned')
    expect(await visitor.page.title()).toBe('Settings')
  })
})

describe('SEC-319 what the portal says', () => {
  it('SEC-319 is told, and makes the element ask for nothing and change nothing', async () => {
    const asked: string[] = []
    visitor.page.on('request', (request) => {
      // By which this test hears.
      if (!request.url().includes('/heard/')) asked.push(request.url())
    })
    const before = await visitor.page.evaluate(() => document.body.outerHTML + document.cookie)
    await visitor.say(enabled)
    expect((await visitor.heard()).at(-1)?.detail).toMatchObject({ type: 'ORGANIZATION_SSO_ENABLED' })
    expect(await visitor.page.evaluate(() => document.body.outerHTML + document.cookie)).toBe(before)
    expect(asked).toEqual([])
  })
})

describe('SEC-325 of two portals on a page', () => {
  beforeEach(async () => {
    await visitor.add({}, 'second')
    await visitor.settled('loaded', 'second')
  })

  it('SEC-325 each hears its own frame', async () => {
    await visitor.say(enabled, 'portal')
    await visitor.say(success, 'second')
    const heard = (await visitor.heard()).slice(4).map(({ target, detail }) => [target, detail?.type])
    expect(heard).toEqual([
      ['portal', 'ORGANIZATION_SSO_ENABLED'],
      ['second', 'PORTAL_LOAD_SUCCESS'],
    ])
  })

  it('SEC-325 one is opened again and the other stays', async () => {
    const stays = await visitor.frame('portal')
    await visitor.sayLast({ event_type: 'PORTAL_SESSION_EXPIRY' }, 'second')
    await eventually(() => sites.opened.length).toBe(3)
    await visitor.settled('loaded', 'second')
    expect(await visitor.frame('portal')).toBe(stays)
    await visitor.page.evaluate("document.getElementById('second').remove()")
    await visitor.say(enabled, 'portal')
    expect((await visitor.heard()).at(-1)).toMatchObject({
      target: 'portal',
      detail: { type: 'ORGANIZATION_SSO_ENABLED' },
    })
  })
})
