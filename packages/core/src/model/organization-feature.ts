/** A feature of an organization that must be on for a widget to appear at Scalekit. */
export type OrganizationFeature = 'sso' | 'dir_sync' | 'domain_verification' | 'session_policy'
