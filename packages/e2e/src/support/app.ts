import type { RequestListener } from 'node:http'
import * as express from '@scalegate/express'
import type { ScalegateEvent, ScalegateOptions } from '@scalegate/hono'
import * as hono from '@scalegate/hono'
import type { Express } from 'express'
import type { Hono } from 'hono'
import { appOnExpress } from './app-on-express.js'
import { appOnHono } from './app-on-hono.js'
import { appRoutes, type GuardOf, type Guards, type Route } from './app-routes.js'
import { type Listening, listen } from './listen.js'
import { testSecret } from './secret.js'

/** What apps stand on. The names are those of test titles. */
export const frameworks = ['Express 5', 'Express 4', 'Hono'] as const
export type Framework = (typeof frameworks)[number]

export interface RunningApp {
  readonly origin: string
  /** What `scalegate()` of the framework's adapter has made. */
  readonly auth: object
  readonly events: ScalegateEvent[]
  /** Errors that reached the framework's own handler, or got past it. */
  readonly errors: unknown[]
  readonly close: () => Promise<void>
}

export interface AppSetup {
  /** @defaultValue Express 5 */
  readonly framework?: Framework
  /** Where to answer; an address reserved before. */
  readonly on?: Listening
  readonly options: ScalegateOptions
  /** What stands before the kit, in the words of each framework. */
  readonly before?: BeforeKit
  /** Guards of everything below a path. */
  readonly areas?: Readonly<Record<string, GuardOf>>
  /** Routes beside those that every app has. */
  readonly routes?: readonly Route[]
}

export interface BeforeKit {
  readonly express?: (app: Express) => unknown
  readonly hono?: (app: Hono) => unknown
}

/** An app as its framework is to build it. */
export interface AppPlan {
  readonly options: ScalegateOptions
  readonly before: BeforeKit
  readonly areas: readonly (readonly [path: string, guard: GuardOf])[]
  readonly routes: readonly Route[]
  readonly errors: unknown[]
}

/** What has been built of it, and whom to hand requests of a socket. */
export interface AppOnFramework {
  readonly auth: object
  readonly listener: RequestListener
}

/** What `scalegate()` of the adapter makes of options, or throws, before there is an app. */
export function makeKit(framework: Framework, options?: ScalegateOptions): Guards {
  return framework === 'Hono' ? hono.scalegate(options) : express.scalegate(options)
}

/** A small app on a real socket: a public page, guarded ones, and a handler that hands out the access token. */
export async function startApp(setup: AppSetup): Promise<RunningApp> {
  const { framework = 'Express 5', before = {}, areas = {}, routes = [] } = setup
  const events: ScalegateEvent[] = []
  const errors: unknown[] = []
  const socket = setup.on ?? (await listen())
  const { origin, close } = socket
  const options = {
    cookieSecret: testSecret,
    baseUrl: origin,
    onEvent: (event: ScalegateEvent) => void events.push(event),
    ...setup.options,
  }
  const plan = { options, before, areas: Object.entries(areas), routes: [...appRoutes, ...routes], errors }
  const { auth, listener } = framework === 'Hono' ? appOnHono(plan) : appOnExpress(framework, plan)
  socket.serve(listener)
  return { origin, auth, events, errors, close }
}
