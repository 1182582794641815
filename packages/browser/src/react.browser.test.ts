import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './test/eventually.js'
import { json, Sites } from './test/sites.js'
import { launchChromium, Visitor } from './test/visitor.js'

const require = createRequire(import.meta.url)

/** A page of a settings screen, whose props a test can change. */
const program = `
import { createElement as h, createRef, StrictMode, useEffect, useState, version } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { AdminPortal } from '@scalegate/browser/react'

globalThis.version = version
const told = globalThis.told = []
const portal = globalThis.portal = createRef()
const tell = (note = '') => ({
  onLoad: () => told.push('load' + note),
  onEvent: (event) => told.push(event.type + note),
  onSessionExpired: () => told.push('expired' + note),
  onError: (error) => told.push(error.code + note),
})
function App({ initial }) {
  const [props, setProps] = useState(initial)
  useEffect(() => { globalThis.setProps = setProps }, [])
  return props === null ? null : h(AdminPortal, { id: 'portal', className: 'wide', ref: portal, ...tell(props.note), ...props.own })
}
const app = (initial) => h(StrictMode, null, h(App, { initial }))
const main = document.querySelector('main')
globalThis.mount = (initial = {}) => { globalThis.root = createRoot(main); root.render(app(initial)) }
globalThis.hydrate = (initial = {}) => { globalThis.root = hydrateRoot(main, app(initial)) }
`

async function bundle(alias: Readonly<Record<string, string>>): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    format: 'esm',
    write: false,
    alias: { ...alias },
    // As in an app: with the paths of this package, the sources would be read.
    tsconfigRaw: {},
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}

describe.each([
  ['19', {}],
  [
    '18',
    {
      react: require.resolve('react18'),
      'react-dom/client': require.resolve('react-dom18/client'),
      'react-dom': require.resolve('react-dom18'),
    },
  ],
])('React %s, in StrictMode', (version, alias) => {
  let sites: Sites
  let browser: Browser
  let visitor: Visitor

  beforeAll(async () => {
    sites = await Sites.start()
    browser = await launchChromium()
    sites.scripts.set('/app.js', await bundle(alias))
  })
  afterAll(async () => {
    await browser?.close()
    sites?.stop()
  })
  beforeEach(async () => {
    sites.reset()
    sites.pages.set(
      '/react',
      '<!doctype html><main></main><script src="/recorder.js"></script><script type="module" src="/app.js"></script>',
    )
    visitor = await Visitor.open(browser, sites)
    await visitor.page.goto(`${sites.app}/react`)
  })
  afterEach(async () => {
    await visitor.page.close()
    expect(visitor.complaints.filter((complaint) => !complaint.includes('the server responded with'))).toEqual([])
  })

  const evaluate = (script: string) => visitor.page.evaluate(script)
  const told = () => evaluate('told')
  const opening = ['PORTAL_LOAD_SUCCESS', 'load']

  it('opens once and tells once', async () => {
    expect(await evaluate('version')).toMatch(new RegExp(`^${version}\\.`))
    await evaluate("mount({ own: { features: ['sso', 'dir_sync'], title: 'Acme', style: { marginTop: '8px' } } })")
    await visitor.settled('loaded')
    expect(await told()).toEqual(opening)
    expect(sites.asked.map(({ body }) => body)).toEqual(['{"features":["sso","dir_sync"]}'])
    expect(
      await evaluate(
        '[portal.current.className, portal.current.title, portal.current.style.marginTop, portal.current.features]',
      ),
    ).toEqual(['wide', 'Acme', '8px', 'sso dir_sync'])
  })

  it('calls the newest handlers, and opens nothing for them', async () => {
    await evaluate('mount()')
    await visitor.settled('loaded')
    await evaluate("setProps({ note: ', newer' })")
    await visitor.say({ event_type: 'PORTAL_SESSION_WARNING' })
    expect(await told()).toEqual([...opening, 'PORTAL_SESSION_WARNING, newer'])
    expect(sites.asked).toHaveLength(1)
  })

  it('opens once for props that change, also for one that is taken away', async () => {
    await evaluate("mount({ own: { features: ['sso'] } })")
    await visitor.settled('loaded')
    await evaluate("setProps({ own: { features: ['dir_sync'], src: '/other' } })")
    await eventually(() => sites.opened.length).toBe(2)
    await evaluate('setProps({ own: {} })')
    await eventually(() => sites.opened.length).toBe(3)
    await visitor.settled('loaded')
    expect(sites.asked.map(({ body }) => body)).toEqual(['{"features":["sso"]}', '{"features":["dir_sync"]}', '{}'])
    expect(await evaluate('portal.current.src')).toBe('/auth/admin-portal')
  })

  it('tells the end of a session and an error', async () => {
    await evaluate('mount()')
    await visitor.settled('loaded')
    await visitor.sayLast({ event_type: 'PORTAL_SESSION_EXPIRY' })
    await eventually(told).toEqual([...opening, 'PORTAL_SESSION_EXPIRY', 'expired', ...opening])
    sites.answer = (response) => json(response, 403, { code: 'forbidden' })
    await evaluate('portal.current.reload()')
    await eventually(async () => ((await told()) as string[]).at(-1)).toBe('link_refused')
  })

  it('tells of an error that is there at once', async () => {
    await evaluate("mount({ own: { features: ['scim'] } })")
    await visitor.settled('failed')
    expect(await told()).toEqual(['configuration_invalid'])
  })

  it('SEC-325 leaves nothing behind when it unmounts', async () => {
    const before = await visitor.listeners()
    await evaluate('mount()')
    await visitor.settled('loaded')
    expect((await visitor.listeners()) - before).toBe(2)
    await evaluate('globalThis.gone = portal.current; setProps(null)')
    await eventually(() => visitor.frames()).toBe(0)
    expect([(await visitor.listeners()) - before, await evaluate('portal.current')]).toEqual([0, null])
    await evaluate("gone.dispatchEvent(new CustomEvent('scalekit-portal-load'))")
    expect(await told()).toEqual(opening)
  })

  it.each(['loaded', 'failed'] as const)('takes over an element of the server that is %s already', async (state) => {
    sites.pages.set(
      '/react',
      (sites.pages.get('/react') ?? '').replace(
        '<main>',
        '<main><scalekit-admin-portal id="portal" class="wide"></scalekit-admin-portal>',
      ),
    )
    if (state === 'failed') sites.answer = (response) => json(response, 503, {})
    await visitor.page.reload()
    await visitor.settled(state)
    await evaluate('hydrate()')
    await eventually(told).toEqual([state === 'loaded' ? 'load' : 'link_refused'])
    expect(sites.asked).toHaveLength(1)
  })
})
