import type { Report, Setting } from './read-settings.js'

/**
 * An issuer or base URL in its one spelling: a scheme, no trailing slash, nothing that could carry a secret.
 * Plain http is for this machine only (attack rows 127, 344, 371).
 */
export function normaliseAddress(
  setting: Setting | undefined,
  kind: 'issuer' | 'base',
  report: Report,
): string | undefined {
  if (setting === undefined) return undefined
  const { path, value } = setting
  // Some of Scalekit's samples give the environment as a bare host (protocol.md §1.1).
  const text = kind === 'issuer' && !value.includes('://') ? `https://${value}` : value
  if (!URL.canParse(text)) {
    report(path, 'is not a URL')
    return undefined
  }
  const url = new URL(text)
  const problem = addressProblem(url, kind)
  if (problem !== undefined) {
    report(path, problem)
    return undefined
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function addressProblem(url: URL, kind: 'issuer' | 'base'): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must begin with https://'
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return 'must be https; http is for localhost only'
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password'
  if (url.search !== '' || url.hash !== '') return 'must not hold a query or fragment'
  if (kind === 'issuer' && url.pathname !== '/') return 'must not have a path: it is the environment URL alone'
  if (/\/\/|\\|%/.test(url.pathname)) return 'has an unusual path'
  return undefined
}

function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') return true
  // The whole address: `127.evil.example` is a name like any other.
  return /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
