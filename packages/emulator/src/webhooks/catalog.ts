/** What an event type is called on the wire and for human eyes; role and permission events are of no organization. */
export interface EventDescription {
  readonly object: string
  readonly displayName: string
  readonly ofOrganization: boolean
}

/** Every event type of Scalekit's OpenAPI description, those of AgentKit (`connected_account.*`) excepted. */
export const catalog = {
  'organization.created': of('Organization', 'Organization Created'),
  'organization.updated': of('Organization', 'Organization Updated'),
  'organization.deleted': of('Organization', 'Organization Deleted'),
  'organization.domain_created': of('Organization', 'Organization Domain Created'),
  'organization.domain_deleted': of('Organization', 'Organization Domain Deleted'),
  'organization.domain_dns_verification_success': of('Organization', 'Organization Domain DNS Verification Success'),
  'organization.domain_dns_verification_failed': of('Organization', 'Organization Domain DNS Verification Failed'),
  'user.signup': of('OrgMembership', 'User Signup'),
  'user.login': of('User', 'User Login'),
  'user.logout': of('User', 'User Logout'),
  'user.organization_invitation': of('OrgMembership', 'User Organization Invitation'),
  'user.organization_membership_created': of('OrgMembership', 'User Organization Membership Created'),
  'user.organization_membership_updated': of('OrgMembership', 'User Organization Membership Updated'),
  'user.organization_membership_deleted': of('OrgMembership', 'User Organization Membership Deleted'),
  'organization.directory_enabled': of('Directory', 'Directory Enabled'),
  'organization.directory_disabled': of('Directory', 'Directory Disabled'),
  'organization.directory.user_created': of('DirectoryUser', 'Directory User Created'),
  'organization.directory.user_updated': of('DirectoryUser', 'Directory User Updated'),
  'organization.directory.user_deleted': of('DirectoryUser', 'Directory User Deleted'),
  'organization.directory.group_created': of('DirectoryGroup', 'Directory Group Created'),
  'organization.directory.group_updated': of('DirectoryGroup', 'Directory Group Updated'),
  'organization.directory.group_deleted': of('DirectoryGroup', 'Directory Group Deleted'),
  'organization.sso_created': of('Connection', 'SSO Connection Created'),
  'organization.sso_enabled': of('Connection', 'SSO Connection Enabled'),
  'organization.sso_disabled': of('Connection', 'SSO Connection Disabled'),
  'organization.sso_deleted': of('Connection', 'SSO Connection Deleted'),
  'role.created': ofEnvironment('Role', 'Role Created'),
  'role.updated': ofEnvironment('Role', 'Role Updated'),
  'role.deleted': ofEnvironment('Role', 'Role Deleted'),
  'permission.created': ofEnvironment('Permission', 'Permission Created'),
  'permission.updated': ofEnvironment('Permission', 'Permission Updated'),
  'permission.deleted': ofEnvironment('Permission', 'Permission Deleted'),
} satisfies Readonly<Record<string, EventDescription>>

/** The `type` of an event that Scalekit documents. */
export type WebhookEventType = keyof typeof catalog

/** Every documented event type, in the order of Scalekit's OpenAPI description. */
export const webhookEventTypes = Object.keys(catalog) as readonly WebhookEventType[]

export function isEventType(type: string): type is WebhookEventType {
  return Object.hasOwn(catalog, type)
}

function of(object: string, displayName: string): EventDescription {
  return { object, displayName, ofOrganization: true }
}

function ofEnvironment(object: string, displayName: string): EventDescription {
  return { object, displayName, ofOrganization: false }
}
