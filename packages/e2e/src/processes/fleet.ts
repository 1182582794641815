import { type Control, createControl, defaultWebhookSecret, type SettingsPatch } from '@scalegate/emulator'
import type { ScalegateEvent, ScalegateOptions } from '@scalegate/hono'
import { redisStore } from '@scalegate/redis'
import { createClient } from 'redis'
import { type RedisServer, startRedis } from '../support/redis.js'
import { testSecret } from '../support/secret.js'
import { type Child, startChild } from './child.js'

/** Where browsers find the app: the balancer, which gives each request to some process. */
export const publicOrigin = 'https://app.example'

export type Storage = 'cookie' | 'store'

export interface FleetSetup {
  readonly storage: Storage
  /** @defaultValue 4 */
  readonly processes?: number
  readonly settings?: SettingsPatch
  /** Beside what every process has; JSON, because it is sent there. */
  readonly options?: Pick<ScalegateOptions, 'timeouts' | 'revocation' | 'session'>
}

export interface AppSetup {
  /** @defaultValue the fleet's Redis */
  readonly redisUrl?: string
  /** @defaultValue in turn */
  readonly client?: 'node-redis' | 'ioredis'
  readonly cookieSecret?: readonly string[]
  /** Seconds by which the clock of its machine is ahead of all others. @defaultValue 0 */
  readonly clock?: number
}

/** The provider as the app sees it, through a gate. */
export interface Provider {
  readonly child: Child
  readonly control: Control
  readonly become: (state: 'open' | 'hung' | 'held' | 'shut') => Promise<void>
  /** Shuts the gate when what is under way has been answered. Gives how much was not. */
  readonly leave: () => Promise<number>
  /** Refreshes that have reached it, refused ones included. */
  readonly refreshes: () => Promise<
    readonly { readonly status: number; readonly sid?: string; readonly error?: string }[]
  >
  readonly exchanges: () => Promise<number>
}

/** Several processes of one app with one Redis and one provider, each a process. */
export interface Fleet {
  readonly storage: Storage
  readonly redis: RedisServer
  readonly provider: Provider
  /**
   * The instant, by `performance.now()`, from which a log-in is dated by the clock. Before it they are dated ahead, so that
   * none lies before the beginning of the marks by the clock of another machine.
   */
  readonly settledAt: number
  /** Those that serve now. */
  readonly apps: readonly Child[]
  /** One more, which the balancer does not know yet. */
  readonly start: (setup?: AppSetup) => Promise<Child>
  readonly join: (app: Child) => void
  readonly leave: (app: Child) => void
  /** Events of all processes that there have ever been. */
  readonly events: <Type extends ScalegateEvent['type']>(
    type: Type,
  ) => readonly Extract<ScalegateEvent, { type: Type }>[]
  readonly stop: () => Promise<void>
}

export async function startFleet({ storage, processes = 4, settings, options }: FleetSetup): Promise<Fleet> {
  let settledAt = 0
  const [redis, provider] = await Promise.all([
    startRedis('--appendonly', 'yes', '--appendfsync', 'always').then(async (server) => {
      settledAt = await beginMarks(server)
      return server
    }),
    startProvider({ accessTokenLifetime: 3600, webhookRetryScale: 0, ...settings }),
  ])
  const all: Child[] = []
  const serving: Child[] = []
  let turn = 0

  const start = async ({ redisUrl = redis.url, client, cookieSecret = [testSecret], clock = 0 }: AppSetup = {}) => {
    turn += 1
    const { issuer, clientId, clientSecret } = provider.child.ready as unknown as Record<string, string>
    const app = await startChild('app', {
      redisUrl,
      client: client ?? (turn % 2 === 0 ? 'ioredis' : 'node-redis'),
      provider: provider.child.origin,
      clock,
      options: {
        issuer,
        clientId,
        clientSecret,
        cookieSecret,
        baseUrl: publicOrigin,
        webhooks: { secret: defaultWebhookSecret },
        ...options,
        session: { storage, ...options?.session },
      },
    })
    all.push(app)
    return app
  }

  serving.push(...(await Promise.all(Array.from({ length: processes }, () => start()))))
  await hearAt(provider, serving[0])
  return {
    storage,
    redis,
    provider,
    settledAt,
    apps: serving,
    start,
    join: (app) => void serving.push(app),
    leave: (app) => void serving.splice(serving.indexOf(app), 1),
    events: <Type extends ScalegateEvent['type']>(type: Type) =>
      all
        .flatMap(({ told }) => told.map(({ event }) => event as ScalegateEvent | undefined))
        .filter((event): event is Extract<ScalegateEvent, { type: Type }> => event?.type === type),
    async stop() {
      await Promise.all([...all, provider.child].map((child) => child.kill()))
      await redis.remove()
    },
  }
}

/** Whoever asks first for the marks begins them, and the clocks of two machines may be five seconds apart. */
async function beginMarks({ url }: RedisServer): Promise<number> {
  const store = redisStore(createClient({ url }))
  await store.marks.read([])
  await store.close()
  return performance.now() + 5100
}

async function startProvider(settings: SettingsPatch): Promise<Provider> {
  const clients = {
    redirectUris: [`${publicOrigin}/auth/callback`],
    postLogoutRedirectUris: [`${publicOrigin}/`],
    initiateLoginUri: `${publicOrigin}/auth/login`,
  }
  const child = await startChild('provider', { clients, settings })
  const control = createControl(String(child.ready.issuer))
  const tokenCalls = async (grantType: string) =>
    (await control.requests()).filter((call) => call.kind === 'token' && call.grantType === grantType)
  return {
    child,
    control,
    become: (state) => child.order('become', { state }),
    leave: () => child.order('leave'),
    refreshes: () => tokenCalls('refresh_token'),
    exchanges: async () => (await tokenCalls('authorization_code')).length,
  }
}

/** Log-outs and events of the provider go to one process, as a balancer would have it. */
export async function hearAt({ control, child }: Provider, app: Child | undefined): Promise<void> {
  if (app === undefined) throw new Error('A fleet has processes.')
  const { clientId } = child.ready as unknown as Record<string, string>
  await control.updateClient(clientId ?? '', { backchannelLogoutUri: `${app.origin}/auth/backchannel-logout` })
  await control.webhooks.register({ url: `${app.origin}/auth/webhooks` })
}
