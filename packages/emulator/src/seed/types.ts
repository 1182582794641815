import type { WebhookEndpoint } from '../webhooks/endpoint.js'

/** The four organization features that Scalekit documents. */
export const features = ['sso', 'dir_sync', 'domain_verification', 'session_policy'] as const
/** One of {@link features}. */
export type Feature = (typeof features)[number]

/** A web application of the environment. */
export interface SeedClient {
  /** `skc_…` */
  readonly id: string
  readonly secret: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly backchannelLogoutUri?: string
  readonly initiateLoginUri?: string
}

/** A role: a name for a set of permissions. */
export interface SeedRole {
  readonly name: string
  readonly displayName: string
  /** Default: the display name. */
  readonly description?: string
  /** The role whose permissions this one has, too. */
  readonly extends?: string
  readonly permissions: readonly string[]
}

/** A customer of the app. */
export interface SeedOrganization {
  /** `org_…` */
  readonly id: string
  readonly name: string
  readonly externalId?: string
  /** DNS label or host name of the organization, in addresses of the app. */
  readonly slug?: string
  /** `https:` */
  readonly logoUrl?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** E-mail domains that sign in through this organization's SSO. A domain belongs to one organization. */
  readonly domains: readonly string[]
  /** The SSO connection (`conn_…`) that the SSO simulator plays. */
  readonly connectionId?: string
  readonly features: Readonly<Partial<Record<Feature, boolean>>>
  /** Nobody enters this organization but through its SSO connection, whatever session there is. */
  readonly ssoRequired?: boolean
  /** Custom claims of everybody's access token for this organization. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A person's place in one organization. */
export interface SeedMembership {
  /** An organization id. */
  readonly organization: string
  /** Role names. */
  readonly roles: readonly string[]
  /** `INACTIVE` keeps somebody out, as after a removal by a directory. @defaultValue ACTIVE */
  readonly status?: 'ACTIVE' | 'INACTIVE'
}

/** A person. */
export interface SeedUser {
  /** `usr_…` */
  readonly id: string
  readonly email: string
  readonly emailVerified?: boolean
  readonly givenName: string
  readonly familyName: string
  readonly picture?: string
  readonly locale?: string
  readonly externalId?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly memberships: readonly SeedMembership[]
  /** Custom claims of this person's access token. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A program of a customer that calls the app's API with a token of its own (machine-to-machine). */
export interface SeedMachine {
  /** `m2morg_…` */
  readonly id: string
  readonly secret: string
  readonly name: string
  /** An organization id. */
  readonly organization: string
  readonly scopes: readonly string[]
  /** `aud` of its tokens; without one they have none. */
  readonly audience?: readonly string[]
}

/** Everything the emulator knows at the start; a YAML or JSON seed file has the same shape. */
export interface Seed {
  /** `env_…` */
  readonly environmentId: string
  readonly clients: readonly SeedClient[]
  readonly roles: readonly SeedRole[]
  /** Role of whoever signs up with a new organization. */
  readonly creatorRole: string
  /** Role of whoever joins by SSO. */
  readonly memberRole: string
  readonly organizations: readonly SeedOrganization[]
  readonly users: readonly SeedUser[]
  readonly machines?: readonly SeedMachine[]
  /** Where the environment's events go. */
  readonly webhooks?: readonly WebhookEndpoint[]
}
