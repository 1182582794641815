import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach } from 'vitest'
import { type HonoAuth, type HonoOptions, type ScalegateEnv, type ScalegateEvent, scalegate } from '../index.js'
import { FakeProvider, type Person } from './fake-provider.js'
import { Visitor } from './visitor.js'

export const secret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
export const base = 'http://localhost:3000'
export const ada: Person = { sub: 'usr_ada', permissions: ['sk_org_users_read'], roles: ['member'] }

export type App = Hono<ScalegateEnv>

export interface Running {
  readonly app: App
  readonly origin: string
  readonly auth: HonoAuth
  readonly provider: FakeProvider
  readonly events: ScalegateEvent[]
  /** Errors that reached `app.onError`. */
  readonly errors: (Error & { code?: string })[]
  /** Seconds by which the kit's clock is ahead. */
  ahead: number
  readonly visitor: () => Visitor
  /** A browser in which the person is signed in. */
  readonly signedIn: (person?: Person) => Promise<Visitor>
}

export interface Setup {
  readonly options?: Omit<HonoOptions, 'property'> & { readonly property?: string }
  readonly app?: App
  readonly mount?: (app: App, auth: HonoAuth) => void
  readonly routes?: (app: App, auth: HonoAuth) => void
}

const closers: (() => Promise<void>)[] = []

/** A small app on a real socket. It is closed when the test ends. */
export async function start(setup: Setup = {}): Promise<Running> {
  const { app = new Hono<ScalegateEnv>(), mount = (app, auth) => app.use(auth), routes } = setup
  const time = { ahead: 0 }
  const clock = () => Math.floor(Date.now() / 1000) + time.ahead
  const provider = new FakeProvider(clock)
  const events: ScalegateEvent[] = []
  const errors: Running['errors'] = []
  const auth = scalegate({
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: 'client-secret-value',
    cookieSecret: secret,
    baseUrl: base,
    fetch: provider.fetch,
    clock,
    onEvent: (event) => void events.push(event),
    ...setup.options,
  } as HonoOptions)
  app.onError((error, c) => {
    errors.push(error)
    const { status = 500, code = error.name } = error as { status?: number; code?: string }
    return c.text(`app: ${code}`, status as 500)
  })
  mount(app, auth)
  routes?.(app, auth)
  const origin = await listen(app)
  return {
    app,
    origin,
    auth,
    provider,
    events,
    errors,
    get ahead() {
      return time.ahead
    },
    set ahead(seconds) {
      time.ahead = seconds
    },
    visitor: () => new Visitor(origin),
    async signedIn(person = ada) {
      const browser = new Visitor(origin)
      const prefix = new URL(setup.options?.baseUrl ?? base).pathname.replace(/\/$/, '')
      const begun = await browser.get(`${prefix}/auth/login`)
      const done = await browser.get(provider.authorize(begun.header('location') ?? '', person))
      if (done.status !== 303) throw new Error(`The login answered ${done.status}: ${done.text}`)
      return browser
    },
  }
}

export async function listen(app: { readonly fetch: App['fetch'] }): Promise<string> {
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        if ('closeAllConnections' in server) server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})
