/**
 * The address of the app as browsers see it. It comes from configuration alone: neither `Host` nor a forwarded
 * header nor the origin of `request.url` has a say in it (RFC 9700 §4.13).
 */
export interface BaseUrl {
  /** Scheme, host and port as a browser writes them into `Origin` (RFC 6454 §6.1). */
  readonly origin: string
  /** The path under which the app lives: empty, or `/app` without a trailing slash. */
  readonly path: string
  /** True for https. */
  readonly secure: boolean
  /** True where the host is this machine: `localhost`, a name under it, or a loopback address. */
  readonly loopback: boolean
}

/** A path of the app as the browser sees it, with its query. */
export interface ExternalPath {
  readonly pathname: string
  /** Empty, or with its `?`. */
  readonly search: string
}

/**
 * Reads the configured base URL.
 *
 * @throws TypeError for anything but `http(s)://host[:port][/path]`. The text itself is not repeated in the message:
 * a mistaken value may hold a password.
 */
export function parseBaseUrl(text: string): BaseUrl {
  // The URL parser is too kind for configuration: it accepts `https:app.example`, trims, and drops an empty `?` or `@`.
  if (!/^https?:\/\/[^\s/\\?#@]+(?:\/[^\s\\?#]*)?$/i.test(text) || !URL.canParse(text)) {
    throw new TypeError('The base URL must be http(s)://host[:port][/path], without user name, query or fragment.')
  }
  const { origin, protocol, hostname, pathname } = new URL(text)
  const path = pathname.replace(/\/$/, '')
  if (path.includes('//') || path.endsWith('/'))
    throw new TypeError('The path of the base URL must not have empty segments.')
  return { origin, path, secure: protocol === 'https:', loopback: isLoopback(hostname) }
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d+){3}$/.test(hostname)
  )
}

/**
 * The absolute URL of a path inside the app. Every address the kit sends is built here, because a relative
 * `Location` is a 500 in the Next proxy.
 *
 * @throws TypeError where `path` does not begin with `/`.
 */
export function urlUnder(base: BaseUrl, path: string): string {
  if (!path.startsWith('/')) throw new TypeError('A path of the app begins with "/".')
  return base.origin + base.path + path
}

/**
 * The path of a request as the browser sees it, whatever its origin claims. A base path that a proxy has stripped is
 * put back; one that is still there stays.
 *
 * Undefined for targets that are no path of this app, such as `*` or `//evil.example/x`: emitted again, the latter
 * would name another host.
 */
export function externalPath(base: BaseUrl, rawUrl: string): ExternalPath | undefined {
  const absolute = rawUrl.startsWith('/') ? base.origin + rawUrl : rawUrl
  if (!URL.canParse(absolute)) return undefined
  const { protocol, pathname, search } = new URL(absolute)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  if (pathname.startsWith('//')) return undefined
  return { pathname: isUnder(base.path, pathname) ? pathname : base.path + pathname, search }
}

/** True where `pathname` is `prefix` or lies below it; `/application` is not below `/app`. */
export function isUnder(prefix: string, pathname: string): boolean {
  return pathname === prefix || pathname.startsWith(`${prefix}/`)
}
