import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { afterEach } from 'vitest'
import { type ExpressAuth, type ExpressOptions, type ScalegateEvent, scalegate } from '../index.js'
import { createFakeProvider, type FakeProvider, type Person } from './fake-provider.js'
import { Visitor } from './visitor.js'

const express4 = createRequire(import.meta.url)('express4') as typeof express

export type ExpressVersion = 4 | 5
export const versions: readonly ExpressVersion[] = [4, 5]
export const expressOf = (version: ExpressVersion) => (version === 4 ? express4 : express)

export const secret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
export const base = 'http://localhost:3000'
export const ada: Person = { sub: 'usr_ada', permissions: ['sk_org_users_read'], roles: ['member'] }

export interface Running {
  readonly origin: string
  readonly auth: ExpressAuth
  readonly provider: FakeProvider
  readonly events: ScalegateEvent[]
  /** Errors that reached the framework's own handler. */
  readonly errors: (Error & { code?: string })[]
  /** Seconds by which the kit's clock is ahead. */
  ahead: number
  readonly visitor: () => Visitor
  /** A browser in which the person is signed in. */
  readonly signedIn: (person?: Person) => Promise<Visitor>
}

export interface Setup {
  readonly options?: ExpressOptions
  readonly mount?: (app: Express, auth: ExpressAuth) => void
  readonly routes?: (app: Express, auth: ExpressAuth) => void
}

const closers: (() => Promise<void>)[] = []

/** A small app on a real socket. It is closed when the test ends. */
export async function start(version: ExpressVersion, setup: Setup = {}): Promise<Running> {
  const { mount = (app, auth) => app.use(auth), routes } = setup
  const time = { ahead: 0 }
  const clock = () => Math.floor(Date.now() / 1000) + time.ahead
  const provider = createFakeProvider(clock)
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
  })
  const app = expressOf(version)()
  mount(app, auth)
  routes?.(app, auth)
  app.use((error: Error & { status?: number }, _req: Request, res: Response, next: NextFunction) => {
    errors.push(error)
    if (res.headersSent) return next(error)
    res
      .status(error.status ?? 500)
      .type('text')
      .send(`app: ${(error as { code?: string }).code ?? error.name}`)
  })
  const origin = await listen(app)
  const visitor = () => new Visitor(origin)
  return {
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
    visitor,
    async signedIn(person = ada) {
      const browser = visitor()
      const { pathname } = new URL(setup.options?.baseUrl ?? base)
      const prefix = pathname.replace(/\/$/, '')
      const begun = await browser.get(`${prefix}/auth/login`)
      const done = await browser.get(provider.authorize(begun.header('location') ?? '', person))
      if (done.status !== 303) throw new Error(`The login answered ${done.status}: ${done.text}`)
      return browser
    },
  }
}

export async function listen(app: Express): Promise<string> {
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})
