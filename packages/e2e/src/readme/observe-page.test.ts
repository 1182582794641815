import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { logIn } from '../support/journey.js'
import { Document } from './document.js'
import { usePage } from './running-page.js'

const page = new Document('docs/how-to/observe.md')

/** An SDK of a few lines behind the API: a span for each request, and a line for each thing that is reported. */
const telemetry = `
import { AsyncLocalStorage } from 'node:async_hooks'
import { Server } from 'node:http'
import { context, metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api'

const contexts = new AsyncLocalStorage()
const told = (what) => console.log('told ' + JSON.stringify(what))
context.setGlobalContextManager({
  active: () => contexts.getStore() ?? ROOT_CONTEXT,
  with: (active, run, self, ...args) => contexts.run(active, () => run.apply(self, args)),
  bind: (_, target) => target,
  enable() { return this },
  disable() { return this },
})
metrics.setGlobalMeterProvider({
  getMeter: (meter) => ({ createCounter: (name) => ({ add: (count, labels) => told({ meter, name, count, labels }) }) }),
})
const { emit } = Server.prototype
Server.prototype.emit = function (event, ...args) {
  if (event !== 'request') return emit.call(this, event, ...args)
  const request = args[0].url.split('?')[0]
  const span = { addEvent: (name, details, at) => told({ request, name, details, at }) }
  return context.with(trace.setSpan(ROOT_CONTEXT, span), () => emit.call(this, event, ...args))
}
`

describe('observe.md', () => {
  const app = usePage(page, 'express', { preload: telemetry })
  const told = () =>
    [
      ...app()
        .output()
        .matchAll(/^told (.*)$/gm),
    ].map(([, line]) => JSON.parse(line ?? ''))

  it('counts by type and code, and notes events on the span of their request', async () => {
    const ada = new Browser()
    await logIn(ada, app())
    await ada.navigate(`${app().origin}/auth/callback`)
    const counted = (labels: object) => ({ meter: 'my-app', name: 'scalegate.events', count: 1, labels })
    expect(told()).toEqual(
      expect.arrayContaining([
        counted({ type: 'login_started' }),
        counted({ type: 'login_completed' }),
        counted({ type: 'login_refused', code: 'state_missing' }),
      ]),
    )
    const [noted] = told().filter(({ name }) => name === 'scalegate.login_completed')
    expect(noted).toMatchObject({ request: '/auth/callback', details: { session: expect.any(String) } })
    expect(Math.abs(noted.at - Date.now())).toBeLessThan(60_000)
  })

  it('needs about thirty lines', () => {
    expect(page.file('express/observe.mjs').split('\n').length).toBeLessThan(30)
  })
})

describe('observe.md, by the channel', () => {
  const app = usePage(page, 'express', { program: withChannel() })

  it('hears the same events', async () => {
    await logIn(new Browser(), app())
    expect(app().output()).toContain('{"type":"login_completed"')
  })
})

/** The program of the page, with the kit of its last file. */
function withChannel(): string {
  const program = page.file('express/app.mjs')
  const imported = program
    .replace("import { scalegate } from '@scalegate/express'\n", '')
    .replace("import { observe } from './observe.mjs'", "import { auth } from './channel.mjs'")
  return imported.replace('const auth = scalegate({ onEvent: observe })\n', '')
}
