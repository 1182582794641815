import type { Environment } from '../environment.js'

/** The origins that may frame the portal and hear its events: those of the clients' redirect URIs. */
export function framingOrigins({ directory }: Environment): readonly string[] {
  const uris = directory.clients.flatMap(({ redirectUris }) => redirectUris)
  const origins = uris.flatMap((uri) => (URL.canParse(uri) ? [new URL(uri).origin] : []))
  return [...new Set(origins.filter((origin) => /^https?:\/\//.test(origin)))]
}

/**
 * Headers of the portal's pages. Unlike the emulator's other pages they may be framed, by the apps of the environment;
 * their address is a credential, so that it goes into no `Referer`.
 */
export function portalHeaders(environment: Environment): Readonly<Record<string, string>> {
  const origins = framingOrigins(environment)
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "script-src 'self'",
    `frame-ancestors ${origins.length === 0 ? "'none'" : origins.join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': policy.join('; '),
  }
}
