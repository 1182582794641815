import { randomBytes } from 'node:crypto'
import { type Harness, type RunningApp, type Variant, variants } from '../harness.js'
import { exchange } from '../http/exchange.js'
import type { AuditProvider, Registration, RunningProvider } from '../provider.js'
import { type ReservedPort, reservePort } from './reserved-port.js'
import { type Place, Site } from './site.js'
import { type RunningProxy, startStrippingProxy } from './stripping-proxy.js'

const usualPaths: Place['paths'] = {
  login: '/auth/login',
  callback: '/auth/callback',
  refresh: '/auth/refresh',
  logout: '/auth/logout',
  backchannelLogout: '/auth/backchannel-logout',
  session: '/auth/session',
  widgets: '/auth/widgets',
  forbidden: '/auth/forbidden',
  switchOrganization: '/auth/switch-organization',
  webhooks: '/auth/webhooks',
}
/** One of them beside the others, and none by a name of the kit. */
const ownPaths: Place['paths'] = {
  login: '/sign-in',
  callback: '/own/back',
  refresh: '/own/renew',
  logout: '/own/leave',
  backchannelLogout: '/own/ended',
  session: '/own/me',
  widgets: '/own/settings',
  forbidden: '/own/no',
  switchOrganization: '/own/change',
  webhooks: '/own/hooks',
}
const twinPath = '/other'
/** The registration of the second kit of the variant `twin`. */
const twinId = 'second'
/** Of the variant `brokered`: longer than any access token, and soon over. */
export const shortSession = { absolute: 7200, idle: 3600 } as const
const prefix = '/app'
const secureBase = 'https://app.example'

interface Ground extends Place {
  /** The port the app itself listens on. */
  readonly port: number
  /** All that is kept for it. */
  readonly reserved: readonly ReservedPort[]
}

/**
 * What audits run against: one provider, and one running app per variant, started when first asked for and kept. Time
 * is one for all of them and only goes forward, because an app remembers logouts by its clock.
 */
export class Bench {
  readonly harness: Harness
  readonly provider: RunningProvider
  readonly #grounds: ReadonlyMap<Variant, Ground>
  readonly #sites = new Map<Variant, Promise<Site>>()
  readonly #running: RunningApp[] = []
  readonly #proxies: RunningProxy[] = []
  #ahead = 0

  private constructor(harness: Harness, provider: RunningProvider, grounds: ReadonlyMap<Variant, Ground>) {
    this.harness = harness
    this.provider = provider
    this.#grounds = grounds
  }

  static async start(harness: Harness, provider: AuditProvider): Promise<Bench> {
    const grounds = new Map<Variant, Ground>()
    for (const variant of variants) grounds.set(variant, await ground(variant))
    const registrations = [...grounds.values()].flatMap(registrationsOf)
    return new Bench(harness, await provider.start(registrations), grounds)
  }

  /** The running app of this variant. */
  site(variant: Variant = 'plain'): Promise<Site> {
    const site = this.#sites.get(variant) ?? this.#open(variant)
    this.#sites.set(variant, site)
    // One that did not start is nobody's concern but of the audit that asked for it.
    site.catch(() => this.#sites.delete(variant))
    return site
  }

  /** NumericDate, as provider and apps see it. */
  now(): number {
    return Math.floor(Date.now() / 1000) + this.#ahead
  }

  /** Time passes, for provider and apps alike. */
  async pass(seconds: number): Promise<void> {
    this.#ahead += seconds
    await this.provider.pass(seconds)
    for (const site of this.#sites.values()) await this.#setClock(await site)
  }

  /**
   * Starts one more app with an environment that lacks something. Undefined where it did not start, which is as good
   * an answer as any.
   */
  async startWithout(names: readonly string[]): Promise<{ readonly site: Site; readonly app: RunningApp } | undefined> {
    const place = await ground('plain')
    const complete = Object.entries(this.#environment('plain', place))
    const env = Object.fromEntries(complete.filter(([name]) => !names.includes(name)))
    await released(place)
    try {
      const app = await this.harness.start({ variant: 'plain', port: place.port, env })
      return { site: new Site(place, this.provider), app }
    } catch {
      return undefined
    }
  }

  /** What the apps have printed. */
  output(): string {
    return this.#running.map((app) => app.output()).join('\n')
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.map((app) => app.stop()), ...this.#proxies.map((proxy) => proxy.close())])
    for (const [variant, place] of this.#grounds) if (!this.#sites.has(variant)) await released(place)
    await this.provider.stop()
  }

  async #open(variant: Variant): Promise<Site> {
    const place = this.#groundOf(variant)
    const env = this.#environment(variant, place)
    await released(place)
    this.#running.push(await this.harness.start({ variant, port: place.port, env }))
    if (variant === 'stripped')
      this.#proxies.push(await startStrippingProxy(Number(new URL(place.socket).port), prefix, place.port))
    const site = new Site(place, this.provider)
    await this.#setClock(site)
    return site
  }

  async #setClock({ socket, path }: Site): Promise<void> {
    const form = `ahead=${this.#ahead}`
    const headers = new Headers({
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(form.length),
    })
    const { status } = await exchange(`${socket}${path}/clock`, 'POST', headers, form)
    if (status !== 204) throw new Error(`POST /clock of the audited app: expected 204, saw ${status}`)
  }

  #environment(variant: Variant, place: Ground): Readonly<Record<string, string>> {
    const { issuer, env } = this.provider
    const client = this.provider.clientOf(variant)
    return {
      SCALEKIT_ENVIRONMENT_URL: variant === 'secure' ? `${issuer}/` : issuer,
      SCALEKIT_CLIENT_ID: client.id,
      SCALEKIT_CLIENT_SECRET: client.secret,
      COOKIE_ENCRYPTION_SECRET: randomBytes(32).toString('base64'),
      APP_BASE_URL: place.base,
      PORT: String(place.port),
      SCALEKIT_WEBHOOK_SECRET: place.webhookSecrets.join(','),
      AUDIT_VARIANT: variant,
      ...(variant === 'mounted' ? { AUDIT_BASE_PATH: prefix } : {}),
      ...(variant === 'renamed' ? { AUDIT_PATHS: JSON.stringify(place.paths) } : {}),
      ...(variant === 'twin' ? this.#second() : {}),
      ...(variant === 'brokered' ? { AUDIT_PRODUCT: 'modular_sso', AUDIT_SESSION: JSON.stringify(shortSession) } : {}),
      AUDIT_HAND_OVER: this.provider.people.admin.organizationId,
      ...env,
    }
  }

  #second(): Readonly<Record<string, string>> {
    const { id, secret } = this.provider.clientOf(twinId)
    return { AUDIT_SECOND_CLIENT_ID: id, AUDIT_SECOND_CLIENT_SECRET: secret }
  }

  #groundOf(variant: Variant): Ground {
    const found = this.#grounds.get(variant)
    if (found === undefined) throw new Error(`There is no variant ${variant}.`)
    return found
  }
}

async function ground(variant: Variant): Promise<Ground> {
  const own = await reservePort()
  const { port } = own
  const socket = `http://127.0.0.1:${port}`
  const webhookSecrets = [webhookSecret(), webhookSecret()] as const
  const place = { variant, port, socket, base: socket, paths: usualPaths, webhookSecrets, reserved: [own] }
  switch (variant) {
    case 'plain':
    case 'parser':
    case 'twin':
    case 'brokered':
      return place
    case 'renamed':
      return { ...place, paths: ownPaths }
    case 'secure':
      return { ...place, base: secureBase }
    case 'mounted':
      return { ...place, base: socket + prefix }
    case 'stripped': {
      const front = await reservePort()
      const address = `http://127.0.0.1:${front.port}`
      return { ...place, socket: address, base: address + prefix, reserved: [own, front] }
    }
  }
}

async function released({ reserved }: Ground): Promise<void> {
  for (const port of reserved) await port.release()
}

function webhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

function registrationsOf({ variant, base, socket, paths, webhookSecrets }: Ground): readonly Registration[] {
  const inside = socket + new URL(base).pathname.replace(/\/$/, '')
  const first = {
    id: variant,
    redirectUri: base + paths.callback,
    postLogoutRedirectUri: `${base}/`,
    initiateLoginUri: base + paths.login,
    backchannelLogoutUri: inside + paths.backchannelLogout,
    webhookUri: inside + paths.webhooks,
    webhookSecrets,
  }
  if (variant !== 'twin') return [first]
  const second = {
    ...first,
    id: twinId,
    redirectUri: `${base}${twinPath}/callback`,
    initiateLoginUri: `${base}${twinPath}/login`,
    backchannelLogoutUri: `${inside}${twinPath}/backchannel-logout`,
    webhookUri: `${inside}${twinPath}/webhooks`,
  }
  return [first, second]
}
