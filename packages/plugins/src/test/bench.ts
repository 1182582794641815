import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Plugin, PluginApis } from '@scalegate/core/plugin'
import { type Emulator, startEmulator } from '@scalegate/emulator'
import { type ExpressAuth, type ExpressOptions, type ScalegateEvent, scalegate } from '@scalegate/express'
import express, { type Express } from 'express'
import { type Sending, Visitor } from './visitor.js'

/** Who is in the seed of the emulator. */
export const people = {
  ada: 'usr_104000000000000001',
  max: 'usr_104000000000000002',
  bea: 'usr_104000000000000003',
  gil: 'usr_104000000000000004',
} as const
export type Name = keyof typeof people
export const organizations = {
  acme: 'org_102000000000000001',
  globex: 'org_102000000000000002',
} as const

/** An Express app with plugins on a real socket, and the emulator it logs in at. */
export interface Bench<Plugins extends readonly Plugin[]> {
  readonly emulator: Emulator
  readonly origin: string
  readonly auth: ExpressAuth & PluginApis<Plugins>
  readonly events: ScalegateEvent[]
  /** What a plugin reported, without the instant. */
  readonly reports: () => readonly { readonly event: string; readonly details: object }[]
  /** A browser in which somebody is signed in; where they have several organizations, to this one. */
  readonly signedIn: (name: Name, organization?: string) => Promise<Visitor>
  /** A call of a program of the app. */
  readonly call: (visitor: Visitor, path: string, sending?: Sending) => Promise<Answer>
  /** `METHOD path` of the management API since the last time this was asked, token requests aside. */
  readonly upstream: () => Promise<readonly string[]>
  readonly stop: () => Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it
  readonly body: any
}

export async function startBench<const Plugins extends readonly Plugin[]>(
  plugins: Plugins,
  setup: {
    readonly options?: ExpressOptions
    readonly routes?: (app: Express, auth: ExpressAuth & PluginApis<Plugins>) => void
  } = {},
): Promise<Bench<Plugins>> {
  const app = express()
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const webhookSecret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
  const emulator = await startEmulator({
    port: 0,
    clients: {
      redirectUris: [`${origin}/auth/callback`],
      postLogoutRedirectUris: [`${origin}/`],
      backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
      initiateLoginUri: `${origin}/auth/login`,
    },
    webhooks: [{ url: `${origin}/auth/webhooks`, secret: webhookSecret }],
  })
  const events: ScalegateEvent[] = []
  const auth = scalegate({
    issuer: emulator.environmentUrl,
    clientId: emulator.clientId,
    clientSecret: emulator.clientSecret,
    cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
    baseUrl: origin,
    webhooks: { secret: webhookSecret },
    onEvent: (event) => void events.push(event),
    ...setup.options,
    plugins,
  })
  app.use(auth)
  setup.routes?.(app, auth)
  let seen = 0
  return {
    emulator,
    origin,
    auth,
    events,
    reports: () => events.flatMap((one) => (one.type === 'plugin' ? { event: one.event, details: one.details } : [])),
    async signedIn(name, organization) {
      const visitor = new Visitor()
      const query = organization === undefined ? '' : `?organization_id=${organization}`
      const { url } = await visitor.open(`${origin}/auth/login${query}`)
      const ended = await visitor.open(url, { form: { user: people[name] } })
      if (!ended.url.href.startsWith(origin) || ended.url.pathname.startsWith('/auth'))
        throw new Error(`The login of ${name} ended at ${ended.url} with ${ended.response.status}.`)
      return visitor
    },
    async call(visitor, path, sending = {}) {
      const response = await visitor.send(origin + path, { as: 'fetch', ...sending })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json')
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    async upstream() {
      const all = await emulator.control.requests(seen)
      seen = all.at(-1)?.id ?? seen
      return all.filter(({ path }) => path.startsWith('/api/')).map(({ method, path }) => `${method} ${path}`)
    },
    async stop() {
      await emulator.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
