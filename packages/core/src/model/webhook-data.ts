// What Scalekit says in `data`, as sent: names in snake_case, instants as RFC 3339 text (OpenAPI `webhooks`, protocol.md
// §7.4). The kit proves who sent it and does not check its shape; required is what the description requires.

/** An organization, as sent. */
export interface WebhookOrganization {
  readonly id: string
  readonly display_name?: string
  readonly external_id?: string | null
  readonly region_code?: string
  readonly create_time?: string
  readonly update_time?: string
  /** In `organization.deleted`. */
  readonly deleted_at?: string
  readonly metadata?: Readonly<Record<string, unknown>> | null
  readonly settings?: { readonly features?: readonly { readonly name: string; readonly enabled: boolean }[] }
}

/** A domain of an organization, as sent. */
export interface WebhookDomain {
  readonly id: string
  readonly domain: string
  readonly domain_type: 'ORGANIZATION_DOMAIN' | 'ALLOWED_EMAIL_DOMAIN' | (string & {})
  readonly organization_id: string
  readonly environment_id: string
  readonly txt_record_key?: string
  /** Proves the ownership of the domain: keep it out of logs. */
  readonly txt_record_secret?: string
  readonly verification_status: 'PENDING' | 'VERIFIED' | 'FAILED' | 'AUTO_VERIFIED' | (string & {})
  readonly verification_method?: 'ADMIN' | 'DNS' | 'NOT_APPLICABLE' | (string & {})
  readonly updated_at?: string
}

/** An account of the person at an identity provider. */
export interface WebhookExternalIdentity {
  readonly connection_id?: string
  readonly connection_provider?: string
  readonly connection_type?: string
  readonly connection_user_id?: string
  readonly is_social?: boolean
  readonly created_time?: string
  readonly last_login_time?: string
  readonly last_synced_time?: string
}

/** What is known of a person beyond their address. */
export interface WebhookUserProfile {
  readonly id?: string
  readonly name?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly email_verified?: boolean
  readonly phone_number?: string
  readonly phone_number_verified?: boolean
  readonly gender?: string
  readonly locale?: string
  readonly picture?: string
  readonly preferred_username?: string
  readonly custom_attributes?: Readonly<Record<string, unknown>> | null
  readonly groups?: readonly unknown[] | null
  readonly external_identities?: readonly WebhookExternalIdentity[] | null
  readonly metadata?: Readonly<Record<string, unknown>> | null
}

/** A person. Roles and memberships are not sent; an app that needs them asks for them. */
export interface WebhookUser {
  readonly id: string
  readonly email?: string
  readonly external_id?: string | null
  readonly create_time?: string
  readonly update_time?: string
  readonly last_login_time?: string
  readonly metadata?: Readonly<Record<string, unknown>> | null
  readonly user_profile?: WebhookUserProfile
}

/** A session at Scalekit; `session_id` is the `sid` of the tokens. */
export interface WebhookUserSession {
  readonly session_id: string
  readonly user_id?: string
  readonly organization_id?: string
  /** Of no use: the published sample of `user.logout` says `ACTIVE`. */
  readonly status?: string
  readonly created_at?: string
  readonly updated_at?: string
  readonly last_active_at?: string
  readonly absolute_expires_at?: string
  readonly idle_expires_at?: string
  readonly expired_at?: string | null
  readonly logout_at?: string | null
  readonly authenticated_organizations?: readonly string[]
  readonly device?: WebhookDevice
}

/** Where somebody logged in, as far as the browser told. */
export interface WebhookDevice {
  readonly browser?: string
  readonly browser_version?: string
  readonly device_type?: string
  readonly ip?: string
  readonly os?: string
  readonly os_version?: string
  readonly user_agent?: string
  readonly location?: {
    readonly city?: string
    readonly region?: string
    readonly region_subdivision?: string
    readonly latitude?: string
    readonly longitude?: string
  }
}

/** A person in an organization. */
export interface WebhookMembership {
  readonly organization: WebhookOrganization
  readonly user: WebhookUser
}

/** A login, or its end. */
export interface WebhookVisit {
  readonly user: WebhookUser
  readonly user_session: WebhookUserSession
}

/** A customer's directory (SCIM), as sent. */
export interface WebhookDirectory {
  readonly id: string
  readonly organization_id: string
  readonly directory_type?: string
  readonly provider?: string
  readonly enabled?: boolean
  readonly updated_at?: string
}

/** A person as the customer's directory knows them; `organization.directory.user_deleted` has the first four only. */
export interface WebhookDirectoryUser {
  readonly id: string
  readonly organization_id: string
  /** The id at the directory provider. */
  readonly dp_id?: string
  readonly email?: string
  readonly active?: boolean
  readonly name?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly nickname?: string
  readonly preferred_username?: string
  readonly employee_id?: string
  readonly organization?: string
  readonly department?: string
  readonly division?: string
  readonly cost_center?: string
  readonly title?: string
  readonly user_type?: string
  readonly phone_number?: string
  readonly language?: string
  readonly locale?: string
  readonly zoneinfo?: string
  readonly profile?: string
  readonly picture?: string
  readonly address?: Readonly<Record<string, unknown>> | null
  readonly groups?: readonly { readonly id: string; readonly name?: string }[] | null
  readonly roles?: readonly { readonly role_name: string }[] | null
  readonly custom_attributes?: Readonly<Record<string, unknown>> | null
  readonly raw_attributes?: Readonly<Record<string, unknown>> | null
}

/** A group of a customer's directory, as sent. */
export interface WebhookDirectoryGroup {
  readonly id: string
  readonly organization_id: string
  readonly directory_id?: string
  readonly display_name?: string
  readonly external_id?: string | null
  readonly dp_id?: string
  readonly raw_attributes?: Readonly<Record<string, unknown>> | null
}

/** An enterprise connection. */
export interface WebhookConnection {
  readonly id: string
  readonly organization_id: string
  readonly connection_type?: 'OIDC' | 'SAML' | (string & {})
  readonly provider?: string
  readonly enabled?: boolean
  readonly status?: string
}

/** A role, as sent. */
export interface WebhookRole {
  readonly id: string
  readonly name: string
  readonly display_name?: string
  readonly description?: string
  readonly extends?: string
}

/** A permission, as sent. */
export interface WebhookPermission {
  readonly id: string
  readonly name: string
  readonly description?: string
}
