import { type BaseUrl, isUnder } from './base-url.js'

/** What a return target is measured by. */
export interface ReturnToRules {
  readonly base: BaseUrl
  /** External paths at and below which nobody is sent, e.g. `/auth`: a return to logout or login would loop. */
  readonly excluded: readonly string[]
}

/** With state, nonce and verifier beside it, a longer one would push the transaction cookie over a browser's limit. */
const maxBytes = 2048

/**
 * Turns an untrusted return target into a path and query of this app as the browser sees it, or undefined: refused,
 * the caller falls back and says so. Accepts a path, or an absolute URL that begins with our own origin and base path.
 * The fragment is dropped. Applying it again changes nothing.
 *
 * Parses twice: `/..//evil.example` is same-origin at first sight, but its normalised path is `//evil.example`, which
 * a browser reads as another host (RFC 9700 §4.11, RFC 6749 §10.15).
 *
 * > [!WARNING]
 * > Every path of the app passes that is not excluded, so a `GET` with side effects can be reached through a login.
 */
export function sanitizeReturnTo(target: unknown, rules: ReturnToRules): string | undefined {
  const { base, excluded } = rules
  if (typeof target !== 'string' || target.length > maxBytes) return undefined
  const path = localPart(target, base)
  if (path === undefined || !isPlainPath(path)) return undefined

  const { pathname, search } = new URL(base.origin + path)
  if (!staysHere(pathname + search, base)) return undefined
  const external = isUnder(base.path, pathname) ? pathname : base.path + pathname
  // Next's own data and image routes are never a page to come back to.
  if ([...excluded, `${base.path}/_next`].some((prefix) => isUnder(comparable(prefix), comparable(external))))
    return undefined
  const returnTo = external + search
  return returnTo.length > maxBytes ? undefined : returnTo
}

/** The target without our own origin; undefined where it names any other, or lies beside the app. */
function localPart(target: string, base: BaseUrl): string | undefined {
  if (target.startsWith('/')) return target
  // By text, not by parsed origin: `blob:` URLs have our origin too, and `https:evil` resolves to a path of ours.
  if (!target.startsWith(base.origin)) return undefined
  const rest = target.slice(base.origin.length)
  if (!/^(?:\/|\?|#|$)/.test(rest)) return undefined
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return isUnder(base.path, new URL(base.origin + path).pathname) ? path : undefined
}

/** Nothing that a URL parser strips (TAB, LF, CR) or reads as a slash: an honest target has neither. */
function isPlainPath(path: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  return /^[^\\?#]*(?:[?#]|$)/.test(path) && !/[\u0000-\u001f\u007f]/.test(path)
}

/** The second parse: what a browser makes of it when it comes back as `Location` or `href`. */
function staysHere(pathAndQuery: string, base: BaseUrl): boolean {
  return (
    URL.canParse(pathAndQuery, base.origin) && new URL(pathAndQuery, base.origin).href === base.origin + pathAndQuery
  )
}

/** For comparison only, as the most lenient router would read it: decoded, and without regard to case. */
function comparable(pathname: string): string {
  try {
    return decodeURIComponent(pathname).toLowerCase()
  } catch {
    // Malformed escapes name no route of ours; the raw text is as good as any.
    return pathname.toLowerCase()
  }
}
