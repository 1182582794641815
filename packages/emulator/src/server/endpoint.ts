/** Paths that the OAuth/OIDC engine answers, with the endpoint that the log and the faults know them by. */
const enginePaths: ReadonlyMap<string, string> = new Map([
  ['/oauth/authorize', 'authorize'],
  ['/oauth/token', 'token'],
  ['/keys', 'keys'],
  ['/.well-known/openid-configuration', 'discovery'],
])

const ourPaths: ReadonlyMap<string, string> = new Map([
  ['/userinfo', 'userinfo'],
  ['/oauth/introspect', 'introspect'],
  ['/revoke', 'revoke'],
  ['/oidc/logout', 'logout'],
  ['/login', 'login'],
  ['/sso/portal', 'portal'],
  ['/_emulator', 'control'],
  ['/ui', 'widgets'],
])

/** The first one is where the engine goes on after the login pages, so it counts as one of them. */
const prefixes = [
  ['/oauth/authorize/', 'login'],
  ['/login/', 'login'],
  ['/sso/portal/', 'portal'],
  ['/invitations/', 'invitation'],
  ['/ui/', 'widgets'],
  ['/magicLink/', 'admin-portal'],
  ['/portal/', 'admin-portal'],
  ['/api/v1/directories/', 'scim'],
  ['/api/', 'api'],
  ['/_emulator/', 'control'],
] as const

/** Which part of Scalekit a path belongs to; the log and the faults go by it. */
export function endpointOf(path: string): string {
  const exact = enginePaths.get(path) ?? ourPaths.get(path)
  return exact ?? prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'unknown'
}

/** True for what the OAuth/OIDC engine answers; the rest is ours. */
export function isEnginePath(path: string): boolean {
  return enginePaths.has(path) || path.startsWith('/oauth/authorize/')
}
