import { now } from '../clock.js'
import { newId } from '../ids.js'
import type { SeedOrganization } from '../seed/types.js'

/** The identity providers that an admin can choose; Scalekit's list has more, for connections of other kinds. */
export const connectionProviders = [
  'OKTA',
  'MICROSOFT_AD',
  'GOOGLE',
  'AUTH0',
  'ONELOGIN',
  'PING_IDENTITY',
  'JUMPCLOUD',
  'ADFS',
  'CUSTOM',
  'IDP_SIMULATOR',
] as const
export type ConnectionProvider = (typeof connectionProviders)[number]

export const connectionTypes = ['OIDC', 'SAML'] as const
export type ConnectionType = (typeof connectionTypes)[number]

/** What an admin copied out of the identity provider. The emulator never calls it: the SSO simulator plays it. */
export interface ConnectionConfiguration {
  /** OIDC. */
  readonly issuer?: string
  readonly clientId?: string
  readonly hasClientSecret?: boolean
  /** SAML. */
  readonly metadataUrl?: string
}

/** An organization's single sign-on. Instants are NumericDate seconds. */
export interface Connection {
  readonly id: string
  readonly organizationId: string
  readonly provider: ConnectionProvider
  readonly type: ConnectionType
  /** `DRAFT` without a configuration, `IN_PROGRESS` until it was tested. Only a `COMPLETED` one can be enabled. */
  readonly status: 'DRAFT' | 'IN_PROGRESS' | 'COMPLETED'
  readonly enabled: boolean
  readonly configuration: ConnectionConfiguration
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** Something that happened to a connection, by the name that Scalekit's webhooks have for it. */
export interface ConnectionChange {
  readonly type:
    | 'organization.sso_created'
    | 'organization.sso_enabled'
    | 'organization.sso_disabled'
    | 'organization.sso_deleted'
  readonly organizationId: string
  readonly connection: Connection
}

/** The connections of all organizations. The one that was enabled last is the one that an organization signs in by. */
export class Connections {
  /** In the order of enabling. */
  readonly #connections: Map<string, Connection>
  readonly #changed: (change: ConnectionChange) => void

  constructor(seed: readonly SeedOrganization[], changed: (change: ConnectionChange) => void = () => {}) {
    this.#changed = changed
    this.#connections = new Map(
      seed.flatMap(({ id, connectionId }) =>
        connectionId === undefined ? [] : [[connectionId, seeded(id, connectionId)]],
      ),
    )
  }

  get all(): readonly Connection[] {
    return [...this.#connections.values()]
  }

  find(id: string): Connection | undefined {
    return this.#connections.get(id)
  }

  of(organizationId: string): readonly Connection[] {
    return this.all.filter((connection) => connection.organizationId === organizationId)
  }

  /** The connection that an organization signs in by; the feature `sso` of the organization is another question. */
  activeOf(organizationId: string): Connection | undefined {
    return this.of(organizationId).findLast(isActive)
  }

  add(connection: Pick<Connection, 'organizationId' | 'provider' | 'type'>): Connection {
    const at = now()
    const id = newId('conn')
    const added: Connection = { ...connection, id, status: 'DRAFT', enabled: false, configuration: {}, createdAt: at }
    this.#connections.set(id, added)
    this.#happened('organization.sso_created', added)
    return added
  }

  /** What the identity provider's admin page says. Whoever changes a tested connection need not test it again. */
  configure(id: string, configuration: ConnectionConfiguration): void {
    const status = this.find(id)?.status === 'COMPLETED' ? 'COMPLETED' : 'IN_PROGRESS'
    this.#change(id, { configuration, status })
  }

  /** A test login has gone through. */
  complete(id: string): void {
    this.#change(id, { status: 'COMPLETED' })
  }

  /** Switches it. Gives what stands against it, in words for an admin. */
  setEnabled(id: string, enabled: boolean): string | undefined {
    const connection = this.find(id)
    if (connection === undefined) return 'There is no such connection'
    if (connection.enabled === enabled) return `The connection is already ${enabled ? 'enabled' : 'disabled'}`
    if (enabled && connection.status !== 'COMPLETED') return 'The connection is not configured and tested yet'
    // Enabled last, used first.
    if (enabled) this.#connections.delete(id)
    this.#connections.set(id, { ...connection, enabled, updatedAt: now() })
    this.#happened(enabled ? 'organization.sso_enabled' : 'organization.sso_disabled', this.find(id) ?? connection)
    return undefined
  }

  remove(id: string): void {
    const connection = this.find(id)
    if (connection === undefined) return
    this.#connections.delete(id)
    this.#happened('organization.sso_deleted', connection)
  }

  /** Forgets those of an organization that is gone. */
  forget(organizationId: string): void {
    for (const { id } of this.of(organizationId)) this.#connections.delete(id)
  }

  #change(id: string, patch: Partial<Connection>): void {
    const connection = this.find(id)
    if (connection !== undefined) this.#connections.set(id, { ...connection, ...patch, updatedAt: now() })
  }

  #happened(type: ConnectionChange['type'], connection: Connection): void {
    this.#changed({ type, organizationId: connection.organizationId, connection })
  }
}

/** One that people can sign in by. */
export function isActive({ status, enabled }: Connection): boolean {
  return enabled && status === 'COMPLETED'
}

/** The seed says that there is a connection; that it is Okta by OIDC is as good as anything. */
function seeded(organizationId: string, id: string): Connection {
  const configuration = { issuer: 'https://idp.example.test', clientId: 'scalekit', hasClientSecret: true }
  return { id, organizationId, provider: 'OKTA', type: 'OIDC', status: 'COMPLETED', enabled: true, configuration }
}
