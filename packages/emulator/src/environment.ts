import { type Clock, now } from './clock.js'
import { EngineStore } from './engine/store.js'
import type { Seed } from './seed/types.js'
import { applySettings, type Settings, type SettingsPatch } from './settings.js'
import { Authorizations } from './state/authorizations.js'
import { Directories } from './state/directories.js'
import { type Client, Directory, type DirectoryChange } from './state/directory.js'
import { Faults } from './state/faults.js'
import { IdpSessions } from './state/idp-sessions.js'
import { Invitations } from './state/invitations.js'
import type { SigningKeys } from './state/keys.js'
import { Log } from './state/log.js'
import type { PendingLogins } from './state/pending-logins.js'
import { PortalLinks } from './state/portal-links.js'
import { Sessions } from './state/sessions.js'
import { TokenMutations } from './state/token-mutations.js'
import { happeningOf } from './webhooks/role-data.js'
import { type SelfServeChange, selfServeHappening } from './webhooks/self-serve.js'
import type { QueueOrder } from './webhooks/sender.js'
import { Webhooks } from './webhooks/webhooks.js'

/** One request that the emulator received. Holds no token, code, cookie or query. Instants are NumericDate seconds. */
export interface RequestEntry {
  readonly at: number
  readonly method: string
  readonly path: string
  /** 0 when the connection was closed without an answer. */
  readonly status: number
  readonly durationMs: number
  /** The endpoint: `authorize`, `login`, `token`, `keys`, `discovery`, `userinfo`, `logout`, `widgets`, `api` … */
  readonly kind: string
  readonly clientId?: string
  readonly grantType?: string
  readonly userId?: string
  readonly sid?: string
  /** An OAuth error code, or the kind of the fault that hit the request. */
  readonly error?: string
}

/** One back-channel logout request that the emulator sent. */
export interface DeliveryEntry {
  readonly at: number
  readonly kind: 'backchannel_logout'
  readonly url: string
  readonly clientId: string
  readonly status?: number
  readonly error?: string
  readonly sid?: string
  readonly sub?: string
}

/** What an environment starts with. */
export interface EnvironmentParts {
  /** The issuer, `http://localhost:PORT`. */
  readonly url: string
  readonly port: number
  readonly seed: Seed
  readonly settings: Settings
  readonly keys: SigningKeys
  readonly clock: Clock
}

/** Everything one emulator knows. Whoever holds it reads the members at use: a reset replaces most of them. */
export class Environment {
  readonly url: string
  readonly keys: SigningKeys
  readonly clock: Clock
  /** Cookies know no ports, so two emulators on one host keep apart by name. */
  readonly cookieName: string
  readonly requests = new Log<RequestEntry>()
  readonly deliveries = new Log<DeliveryEntry>()
  readonly faults = new Faults()
  readonly pendingLogins: PendingLogins = new Map()
  readonly engineStore = new EngineStore(() => this.settings)
  readonly port: number
  readonly webhooks: Webhooks
  #directory: Directory
  #directories: Directories
  #portalLinks = new PortalLinks()
  #sessions: Sessions
  #authorizations = new Authorizations()
  #idpSessions = new IdpSessions()
  #invitations = new Invitations()
  #mutations = new TokenMutations()
  #settings: Settings
  readonly #start: EnvironmentParts

  readonly #selfServed = (change: SelfServeChange) =>
    this.webhooks.happened(selfServeHappening(this.environmentId, change))

  constructor(parts: EnvironmentParts) {
    this.#start = parts
    this.url = parts.url
    this.port = parts.port
    this.keys = parts.keys
    this.clock = parts.clock
    this.cookieName = `scalekit_emulator_${parts.port}`
    this.#settings = parts.settings
    this.webhooks = new Webhooks(this, parts.seed.webhooks ?? [])
    this.#directory = this.#seeded()
    this.#directories = new Directories(this.#selfServed)
    this.#sessions = new Sessions(() => this.settings)
  }

  get directory(): Directory {
    return this.#directory
  }

  /** What directory providers fill by SCIM. */
  get directories(): Directories {
    return this.#directories
  }

  /** The ways into the admin portal. */
  get portalLinks(): PortalLinks {
    return this.#portalLinks
  }

  get sessions(): Sessions {
    return this.#sessions
  }

  get authorizations(): Authorizations {
    return this.#authorizations
  }

  get idpSessions(): IdpSessions {
    return this.#idpSessions
  }

  get invitations(): Invitations {
    return this.#invitations
  }

  get mutations(): TokenMutations {
    return this.#mutations
  }

  get settings(): Settings {
    return this.#settings
  }

  get environmentId(): string {
    return this.#start.seed.environmentId
  }

  /** The client that answers when nobody names one. */
  get firstClient(): Client {
    const [client] = this.#directory.clients
    if (client === undefined) throw new Error('A seed holds at least one client.')
    return client
  }

  patchSettings(patch: SettingsPatch): void {
    this.#settings = applySettings(this.#settings, patch)
    if (patch.webhooksPaused === false) this.webhooks.sender.resume('as-happened')
  }

  /** Ends the pause of the webhooks; the queued ones go out in this order. */
  resumeWebhooks(order: QueueOrder): void {
    this.#settings = applySettings(this.#settings, { webhooksPaused: false })
    this.webhooks.sender.resume(order)
  }

  /** Back to the seed: people, sessions, settings, faults, logs and clock. Keys stay, so that cached key sets stay true. */
  reset(): void {
    this.clock.set(0)
    this.#settings = this.#start.settings
    this.#directory = this.#seeded()
    this.#directories = new Directories(this.#selfServed)
    this.#portalLinks = new PortalLinks()
    this.#sessions = new Sessions(() => this.settings)
    this.#authorizations = new Authorizations()
    this.#idpSessions = new IdpSessions()
    this.#invitations = new Invitations()
    this.#mutations = new TokenMutations()
    this.engineStore.clear()
    this.pendingLogins.clear()
    this.faults.clear()
    this.requests.clear()
    this.deliveries.clear()
    this.webhooks.reset()
  }

  #seeded(): Directory {
    const changed = (change: DirectoryChange) => this.webhooks.happened(happeningOf(change))
    return new Directory(this.#start.seed, changed, this.#selfServed)
  }

  logDelivery(entry: Omit<DeliveryEntry, 'at' | 'kind'>): DeliveryEntry & { readonly id: number } {
    return this.deliveries.append({ at: now(), kind: 'backchannel_logout', ...entry })
  }
}
