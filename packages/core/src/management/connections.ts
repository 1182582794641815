import { answerObject, type Decoder, flag, id, list, nothing, optionalList, text, texts, wrapped } from './answer.js'
import { type Domain, domain as domainAnswer } from './domains.js'
import { checked, path } from './path.js'
import type { CallOptions, Transport } from './transport.js'

/** An identity provider that people of an organization sign in with. */
export interface Connection {
  readonly id: string
  readonly organizationId?: string
  /** `OKTA`, `GOOGLE`, `CUSTOM`, … */
  readonly provider?: string
  readonly providerKey?: string
  /** `OIDC`, `SAML`, `PASSWORD`, … */
  readonly type?: string
  readonly status?: 'DRAFT' | 'IN_PROGRESS' | 'COMPLETED' | (string & {})
  readonly enabled?: boolean
  readonly keyId?: string
  /** Opens a login that tries the connection out. */
  readonly testConnectionUri?: string
  readonly domains?: readonly Domain[]
}

/** A connection as a list has it: domains by their names. */
export interface ListedConnection extends Omit<Connection, 'domains' | 'testConnectionUri'> {
  readonly organizationName?: string
  readonly domains?: readonly string[]
}

/** What turning something on or off came to. */
export interface Toggled {
  readonly enabled?: boolean
  /** Scalekit's reason where it did not do it. */
  readonly errorMessage?: string
}

/** Which connection. */
export interface ConnectionKey {
  readonly organizationId: string
  readonly connectionId: string
}

/** Which connections of a list. */
export interface ConnectionListOptions extends CallOptions {
  /** `all` also has those that are not completed or not enabled. @defaultValue those people can sign in with */
  readonly include?: 'all'
}

/** Single sign-on connections. Their lists come whole, without pages. */
export interface Connections {
  list(
    where: { readonly organizationId: string },
    options?: ConnectionListOptions,
  ): Promise<readonly ListedConnection[]>
  /** Of whichever organization has this domain. */
  listByDomain(
    where: { readonly domain: string },
    options?: ConnectionListOptions,
  ): Promise<readonly ListedConnection[]>
  /** Of every organization of the environment. */
  listAll(options?: ConnectionListOptions): Promise<readonly ListedConnection[]>
  get(connection: ConnectionKey, options?: CallOptions): Promise<Connection>
  enable(connection: ConnectionKey, options?: CallOptions): Promise<Toggled>
  disable(connection: ConnectionKey, options?: CallOptions): Promise<Toggled>
  delete(connection: ConnectionKey, options?: CallOptions): Promise<void>
}

const shared = {
  id,
  organizationId: text,
  provider: text,
  providerKey: text,
  type: text,
  status: text,
  enabled: flag,
  keyId: text,
}
const connection: Decoder<Connection> = answerObject({
  ...shared,
  testConnectionUri: text,
  domains: optionalList(domainAnswer),
})
const listedConnection: Decoder<ListedConnection> = answerObject({
  ...shared,
  organizationName: text,
  domains: texts,
})

export const toggled: Decoder<Toggled> = answerObject({ enabled: flag, errorMessage: text })

export function createConnections(call: Transport): Connections {
  const listed = (where: Readonly<Record<string, string>>, { include, ...options }: ConnectionListOptions = {}) =>
    call(
      {
        method: 'GET',
        path: '/connections',
        query: { ...where, include },
        answer: wrapped('connections', list(listedConnection)),
      },
      options,
    )
  const place = ({ organizationId, connectionId }: ConnectionKey) =>
    path`/organizations/${{ organizationId }}/connections/${{ connectionId }}`
  return {
    // Checked: undefined would be left out, and the list would be everybody's.
    list: async ({ organizationId }, options) =>
      listed({ organization_id: checked('organizationId', organizationId) }, options),
    listByDomain: async ({ domain }, options) => listed({ domain: checked('domain', domain) }, options),
    listAll: async (options) => listed({}, options),
    get: async (key, options) =>
      call({ method: 'GET', path: place(key), answer: wrapped('connection', connection) }, options),
    enable: async (key, options) => call({ method: 'PATCH', path: `${place(key)}:enable`, answer: toggled }, options),
    disable: async (key, options) => call({ method: 'PATCH', path: `${place(key)}:disable`, answer: toggled }, options),
    delete: async (key, options) => call({ method: 'DELETE', path: place(key), answer: nothing }, options),
  }
}
