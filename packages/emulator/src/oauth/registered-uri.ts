import type { Settings } from '../settings.js'

const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]'])

/** True for an http(s) URI of this machine without a fragment (RFC 6749 §3.1.2) or user information. */
export function isLoopback(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname, hash, username, password } = new URL(uri)
  if (hash !== '' || uri.endsWith('#') || username !== '' || password !== '') return false
  return (protocol === 'http:' || protocol === 'https:') && loopbackHosts.has(hostname)
}

/** Exact string comparison with what is registered; loopback URIs may be let through as a whole. */
export function isRegistered(uri: string, registered: readonly string[], settings: Settings): boolean {
  if (registered.includes(uri)) return true
  return settings.anyLoopbackRedirectUri && isLoopback(uri)
}
