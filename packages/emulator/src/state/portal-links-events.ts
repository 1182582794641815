/** What the admin portal tells the page that frames it (Scalekit: "UI events"). */
export interface PortalEvent {
  readonly event_type:
    | 'ORGANIZATION_SSO_ENABLED'
    | 'ORGANIZATION_SSO_DISABLED'
    | 'ORGANIZATION_DIRECTORY_ENABLED'
    | 'ORGANIZATION_DIRECTORY_DISABLED'
    | 'PORTAL_LOAD_SUCCESS'
    | 'PORTAL_LOAD_FAILURE'
    | 'PORTAL_SESSION_WARNING'
    | 'PORTAL_SESSION_EXPIRY'
  readonly object: 'connection' | 'directory' | 'session'
  readonly organization_id?: string
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}
