/**
 * The Content Security Policy of a page that shows the admin portal. For servers: nothing here needs a browser.
 *
 * ```ts
 * import { addAdminPortalToCsp } from '@scalegate/browser/csp'
 *
 * const policy = addAdminPortalToCsp("default-src 'self'", 'https://acme.scalekit.com')
 * // default-src 'self'; frame-src 'self' https://acme.scalekit.com
 * ```
 *
 * @packageDocumentation
 */
import { AdminPortalError } from './admin-portal-error.js'
import { environmentOrigin } from './environment-origin.js'

export { AdminPortalError, type AdminPortalErrorCode } from './admin-portal-error.js'

/**
 * The directive that allows the portal's frame and no other: `frame-src https://acme.scalekit.com`.
 *
 * @param environmentUrl - `SCALEKIT_ENVIRONMENT_URL`, or the custom domain under which the portal is opened.
 * @throws AdminPortalError `configuration_invalid` unless it is an https origin, or an http one of this machine.
 */
export function adminPortalCsp(environmentUrl: string): string {
  return `frame-src ${originOf(environmentUrl)}`
}

/**
 * Allows the portal's frame in a policy that exists, and nothing else in it. Where the policy has no `frame-src`, the
 * new one repeats what `child-src` or `default-src` allowed to frames so far, because it now stands in their place
 * (CSP3 §6.1.7). Each of several policies in one header is extended, since a page must please them all.
 *
 * A policy that says nothing about frames allows the portal already and stays as it is; `frame-src` would forbid the
 * app's other frames. To limit them, write {@link adminPortalCsp} into it.
 *
 * @param policy - The value of a `Content-Security-Policy` header.
 * @throws AdminPortalError `configuration_invalid` unless the address is an https origin, or an http one of this machine.
 */
export function addAdminPortalToCsp(policy: string, environmentUrl: string): string {
  const origin = originOf(environmentUrl)
  // A comma cannot occur within a directive; it separates policies (CSP3 §2.2.2).
  return policy
    .split(',')
    .map((one) => extended(one, origin))
    .join(',')
}

function originOf(environmentUrl: string): string {
  const origin = environmentOrigin(environmentUrl)
  if (origin !== undefined) return origin
  throw new AdminPortalError(
    'configuration_invalid',
    'The environment must be an origin such as https://acme.scalekit.com: https (http on this machine only), no path, no wildcard.',
  )
}

interface Directive {
  readonly position: number
  readonly name: string
  readonly sources: readonly string[]
}

function extended(policy: string, origin: string): string {
  const texts = policy.split(';')
  const directives = texts.map(directiveAt)
  // The first of a name counts, later ones are ignored (CSP3 §2.2.1).
  const named = (name: string) => directives.find((directive) => directive.name === name)
  const own = named('frame-src')
  const inForce = own ?? named('child-src') ?? named('default-src')
  if (inForce === undefined || inForce.sources.some((source) => allows(source, origin))) return policy
  const directive = ['frame-src', ...inForce.sources.filter(matchesAddresses), origin].join(' ')
  if (own === undefined) return `${policy.replace(/[\s;]+$/, '')}; ${directive}`
  const before = /^\s*/.exec(texts[own.position] ?? '')?.[0] ?? ''
  return texts.map((text, position) => (position === own.position ? before + directive : text)).join(';')
}

function directiveAt(text: string, position: number): Directive {
  const [name = '', ...sources] = text.trim().split(/\s+/)
  return { position, name: name.toLowerCase(), sources }
}

function allows(source: string, origin: string): boolean {
  const lower = source.toLowerCase()
  return lower === origin || lower === `${origin}/` || lower === '*' || lower === new URL(origin).protocol
}

/** `'none'` means nothing beside another source, and nonces, hashes and `'unsafe-…'` are not about frames. */
function matchesAddresses(source: string): boolean {
  return !source.startsWith("'") || source.toLowerCase() === "'self'"
}
