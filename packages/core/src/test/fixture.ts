import { createScalegate, type Scalegate } from '../auth/scalegate.js'
import type { ScalegateEvent } from '../model/events.js'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { createFakeProvider, type FakeProvider, type Person } from './fake-provider.js'
import { type ReachedApp, TestBrowser } from './test-browser.js'

export const start = 1_800_000_000
export const clientId = 'skc_12345'
export const clientSecret = 'test_canary-client-secret'
export const cookieSecret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'

export const ada: Person = {
  sub: 'usr_ada',
  sid: 'ses_ada_1',
  oid: 'org_1',
  roles: ['member'],
  permissions: ['sk_org_users_read', 'invoices:read'],
}
export const bob: Person = { sub: 'usr_bob', sid: 'ses_bob_1', oid: 'org_2', roles: ['admin'] }

/** A kit with its provider, a clock that only tests move, and browsers. */
export interface Bench {
  readonly kit: Scalegate
  readonly base: string
  now: number
  readonly provider: FakeProvider
  readonly events: ScalegateEvent[]
  readonly eventsOf: <Type extends ScalegateEvent['type']>(type: Type) => Extract<ScalegateEvent, { type: Type }>[]
  readonly browser: () => TestBrowser
  /** A browser in which the person is signed in. */
  readonly signedIn: (person?: Person) => Promise<TestBrowser>
  /** The process ends and a new one starts: what was in memory is gone. */
  readonly restart: () => void
  /** Another process of the same app, with a memory of its own. */
  readonly another: () => ReachedApp
  readonly backchannel: (claims: Readonly<Record<string, unknown>>) => Promise<Response>
}

let made = 0

/** What every bench of a test file has, unless it says otherwise; see `in-store.ts`. */
export const everyBench: { options: (time: { readonly now: number }) => ScalegateOptions } = { options: () => ({}) }

/** Each bench has an issuer of its own, and with it a process state of its own. */
export async function createBench(options: ScalegateOptions = {}): Promise<Bench> {
  made += 1
  const time = { now: start }
  const usual = everyBench.options(time)
  const issuer = `https://auth-${made}-${Math.floor(performance.now())}.example`
  const provider = await createFakeProvider(issuer, clientId, time)
  const events: ScalegateEvent[] = []
  const make = () =>
    createScalegate(
      {
        issuer,
        clientId,
        clientSecret,
        cookieSecret,
        baseUrl: 'https://app.example',
        fetch: provider.fetch,
        clock: () => time.now,
        onEvent: (event) => void events.push(event),
        ...usual,
        ...options,
        ...(usual.session && { session: { ...usual.session, ...options.session } }),
      },
      () => ({}),
    )
  let kit = make()
  // Its memory begins before the first login, as that of a server does that waits for one.
  kit.validate()
  // There are no webhooks here, and the kit has said so.
  events.length = 0
  const bench: Bench = {
    base: options.baseUrl ?? 'https://app.example',
    provider,
    events,
    get kit() {
      return kit
    },
    get now() {
      return time.now
    },
    set now(now) {
      time.now = now
    },
    eventsOf: (type) => events.filter((event): event is never => event.type === type),
    browser: () => new TestBrowser(bench, provider),
    async signedIn(person = ada) {
      const browser = bench.browser()
      const answer = await browser.login(person)
      if (answer.status !== 303) throw new Error(`The login answered ${answer.status}: ${await answer.text()}`)
      return browser
    },
    restart() {
      forgetProcess(issuer)
      kit = make()
      kit.validate()
    },
    another() {
      forgetProcess(issuer)
      const other = make()
      other.validate()
      return {
        kit: other,
        base: bench.base,
        get now() {
          return time.now
        },
      }
    },
    backchannel: async (claims) =>
      bench.browser().route('/auth/backchannel-logout', {
        as: 'fetch',
        site: 'cross-site',
        form: { logout_token: await provider.logoutToken(claims) },
      }),
  }
  time.now += 1
  return bench
}

/** Takes away what a kit keeps once per process. */
function forgetProcess(issuer: string): void {
  Reflect.deleteProperty(globalThis, Symbol.for(`scalegate:1:${issuer} ${clientId}`))
}

/** Every part of what the kit calls a bad request (attack-list.md §4.0). */
export async function readBad(answer: Response): Promise<{ status: number; code: string }> {
  const text = await answer.text()
  const code = /<small>([a-z_]+)<\/small>/.exec(text)?.[1] ?? (JSON.parse(text) as { code: string }).code
  return { status: answer.status, code }
}
