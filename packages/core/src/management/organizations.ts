import { ManagementError } from '../errors/management-error.js'
import type { OrganizationFeature } from '../model/organization-feature.js'
import { answerObject, count, type Decoder, flag, id, list, map, nothing, optional, text, wrapped } from './answer.js'
import { createListing, type Listing, type ListOptions, pageOf, pageQuery } from './listing.js'
import { checked, path } from './path.js'
import { type BodyFields, requestBody } from './request-body.js'
import type { CallOptions, Transport } from './transport.js'

/** A tenant of the app. Instants are RFC 3339 texts, as Scalekit sends them. */
export interface Organization {
  readonly id: string
  readonly displayName?: string
  readonly externalId?: string
  readonly slug?: string
  readonly logoUrl?: string
  readonly regionCode?: 'US' | 'EU' | (string & {})
  /** Keys and values are the app's own. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly settings?: { readonly features: readonly FeatureSetting[] }
  readonly createTime?: string
  readonly updateTime?: string
}

/** A feature of an organization and whether it is on. */
export interface FeatureSetting {
  readonly name: OrganizationFeature | (string & {})
  readonly enabled?: boolean
}

/** What an organization begins with. */
export interface NewOrganization {
  /** 1 to 200 characters. */
  readonly displayName: string
  /** The app's own id of it; unique. */
  readonly externalId?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** A DNS label or host name; unique. */
  readonly slug?: string
  /** An https address. */
  readonly logoUrl?: string
}

/** How long sessions of an organization last. Scalekit answers in minutes, whatever unit was sent. */
export interface SessionPolicy {
  /** `APPLICATION`: the environment's policy holds. */
  readonly policySource?: 'APPLICATION' | 'CUSTOM' | (string & {})
  readonly absoluteSessionTimeout?: number
  readonly absoluteSessionTimeoutUnit?: TimeoutUnit
  readonly idleSessionTimeoutEnabled?: boolean
  readonly idleSessionTimeout?: number
  readonly idleSessionTimeoutUnit?: TimeoutUnit
}

/** The unit beside a number of a session policy. */
export type TimeoutUnit = 'MINUTES' | 'HOURS' | 'DAYS' | (string & {})

/** Limits on the users of an organization. */
export interface UserManagementSettings {
  readonly maxAllowedUsers?: number
}

/** A way into the admin portal: for one visit, within a minute. */
export interface PortalLink {
  readonly id?: string
  /** On the environment's own origin; anything else was refused. */
  readonly location: string
  readonly expireTime?: string
}

/** The organizations of the environment. */
export interface Organizations {
  create(organization: NewOrganization, options?: CallOptions): Promise<Organization>
  list(options?: ListOptions & { readonly externalId?: string }): Listing<Organization>
  get(organizationId: string, options?: CallOptions): Promise<Organization>
  getByExternalId(externalId: string, options?: CallOptions): Promise<Organization>
  /** Changes what is given and leaves the rest. */
  update(organizationId: string, changes: Partial<NewOrganization>, options?: CallOptions): Promise<Organization>
  /** Ends the sessions of its members, and deletes users that are in no other organization. */
  delete(organizationId: string, options?: CallOptions): Promise<void>
  /** Turns features on and off: `{ sso: true, dir_sync: false }`. Others stay as they are. */
  setFeatures(
    organizationId: string,
    features: Readonly<Partial<Record<OrganizationFeature, boolean>>>,
    options?: CallOptions,
  ): Promise<Organization>
  getSessionPolicy(organizationId: string, options?: CallOptions): Promise<SessionPolicy>
  /** Needs the feature `session_policy`. */
  setSessionPolicy(organizationId: string, policy: SessionPolicy, options?: CallOptions): Promise<SessionPolicy>
  setUserManagement(
    organizationId: string,
    settings: { readonly maxAllowedUsers: number },
    options?: CallOptions,
  ): Promise<UserManagementSettings>
  /**
   * A new link into the admin portal; never keep it. Without `features`, what the organization has.
   *
   * @throws ManagementError management_answer_invalid for a location that is not on the environment's origin
   */
  portalLink(
    organizationId: string,
    options?: CallOptions & { readonly features?: readonly ('sso' | 'dir_sync')[] },
  ): Promise<PortalLink>
}

const organization: Decoder<Organization> = answerObject({
  id,
  displayName: text,
  externalId: text,
  slug: text,
  logoUrl: text,
  regionCode: text,
  metadata: map,
  settings: optional(answerObject({ features: list(answerObject({ name: id, enabled: flag })) })),
  createTime: text,
  updateTime: text,
})
const wrappedOrganization = wrapped('organization', organization)

const sessionPolicy: Decoder<SessionPolicy> = wrapped(
  'policy',
  answerObject({
    policySource: text,
    absoluteSessionTimeout: count,
    absoluteSessionTimeoutUnit: text,
    idleSessionTimeoutEnabled: flag,
    idleSessionTimeout: count,
    idleSessionTimeoutUnit: text,
  }),
)
const userManagement: Decoder<UserManagementSettings> = wrapped('settings', answerObject({ maxAllowedUsers: count }))
const portalLink: Decoder<PortalLink> = wrapped('link', answerObject({ id: text, location: id, expireTime: text }))

const organizationFields: BodyFields = {
  displayName: 'value',
  externalId: 'value',
  metadata: 'map',
  slug: 'value',
  logoUrl: 'value',
}
const policyFields: BodyFields = {
  policySource: 'value',
  absoluteSessionTimeout: 'value',
  absoluteSessionTimeoutUnit: 'value',
  idleSessionTimeoutEnabled: 'value',
  idleSessionTimeout: 'value',
  idleSessionTimeoutUnit: 'value',
}

export function createOrganizations(call: Transport, environmentUrl: string): Organizations {
  return {
    create: async (input, options) =>
      call(
        {
          method: 'POST',
          path: '/organizations',
          body: requestBody(organizationFields, input),
          answer: wrappedOrganization,
        },
        options,
      ),
    list: (options = {}) =>
      createListing(100, options, (at) =>
        call(
          {
            method: 'GET',
            path: '/organizations',
            query: {
              ...pageQuery(at),
              ...('externalId' in options ? { external_id: checked('externalId', options.externalId) } : {}),
            },
            answer: pageOf('organizations', organization),
          },
          at,
        ),
      ),
    get: async (organizationId, options) =>
      call({ method: 'GET', path: path`/organizations/${{ organizationId }}`, answer: wrappedOrganization }, options),
    async getByExternalId(externalId, options) {
      const found = await call(
        { method: 'GET', path: path`/organizations:external/${{ externalId }}`, answer: wrappedOrganization },
        options,
      )
      // The operation also knows a parameter that silently wins (protocol.md §15.8), so what came is compared.
      if (found.externalId === undefined || found.externalId === externalId) return found
      throw new ManagementError('management_answer_invalid', { detail: 'Another organization was answered.' })
    },
    update: async (organizationId, changes, options) =>
      call(
        {
          method: 'PATCH',
          path: path`/organizations/${{ organizationId }}`,
          body: requestBody(organizationFields, changes),
          answer: wrappedOrganization,
        },
        options,
      ),
    delete: async (organizationId, options) =>
      call({ method: 'DELETE', path: path`/organizations/${{ organizationId }}`, answer: nothing }, options),
    setFeatures: async (organizationId, features, options) =>
      call(
        {
          method: 'PATCH',
          path: path`/organizations/${{ organizationId }}/settings`,
          body: { features: Object.entries(features).map(([name, enabled]) => ({ name, enabled })) },
          answer: wrappedOrganization,
        },
        options,
      ),
    getSessionPolicy: async (organizationId, options) =>
      call(
        { method: 'GET', path: path`/organizations/${{ organizationId }}/session-policy`, answer: sessionPolicy },
        options,
      ),
    setSessionPolicy: async (organizationId, policy, options) =>
      call(
        {
          method: 'PATCH',
          path: path`/organizations/${{ organizationId }}/session-policy`,
          body: requestBody(policyFields, policy),
          answer: sessionPolicy,
        },
        options,
      ),
    setUserManagement: async (organizationId, settings, options) =>
      call(
        {
          method: 'PATCH',
          path: path`/organizations/${{ organizationId }}/settings/usermanagement`,
          body: { settings: requestBody({ maxAllowedUsers: 'value' }, settings) },
          answer: userManagement,
        },
        options,
      ),
    async portalLink(organizationId, { features, ...options } = {}) {
      const link = await call(
        {
          method: 'PUT',
          path: path`/organizations/${{ organizationId }}/portal_links`,
          query: { features },
          answer: portalLink,
        },
        options,
      )
      if (isOn(environmentUrl, link.location)) return link
      throw new ManagementError('management_answer_invalid', {
        detail: 'The location of the portal link is not on the origin of the environment.',
      })
    },
  }
}

/** Attack row 322: whoever opens the link trusts it as the environment. */
function isOn(environmentUrl: string, location: string): boolean {
  if (!URL.canParse(location)) return false
  const { origin, username, password } = new URL(location)
  return origin === new URL(environmentUrl).origin && username === '' && password === ''
}
