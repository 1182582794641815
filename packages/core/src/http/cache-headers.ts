/** For answers of the kit itself. `private` for caches that know no `no-store` (RFC 9111 §5.2.2.5). */
export const privateHeaders: Readonly<Record<'Cache-Control', string>> = { 'Cache-Control': 'private, no-store' }

/**
 * Headers that let something keep an answer in spite of `Cache-Control`: orders to shared caches, which outrank it
 * (RFC 9213 and its vendors' dialects), and validators. A validator is no permission to store, but a cache that kept
 * the page of one person would get a 304 for another.
 */
const cachingHeaders: ReadonlySet<string> = new Set([
  'edge-control',
  'etag',
  'expires',
  'last-modified',
  'surrogate-control',
  'x-accel-expires',
  'x-litespeed-cache-control',
])

/** True for a header to take off an answer that knows its caller. By pattern too: each CDN has its own `…-CDN-Cache-Control`. */
export function isCachingHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return cachingHeaders.has(lower) || lower.endsWith('cdn-cache-control')
}

/**
 * Makes an answer of the app private, whatever the app said before: it carries a session cookie or was made from one
 * (CVE-2025-48947, CVE-2025-64762: sessions kept by CDNs). To be called last, just before the headers leave.
 *
 * `Vary: Cookie` is kept beside `no-store` for caches that ignore the latter; other members of `Vary` stay.
 */
export function applyPrivateCaching(headers: Headers): void {
  for (const name of [...headers.keys()].filter(isCachingHeader)) headers.delete(name)
  headers.set('Cache-Control', privateHeaders['Cache-Control'])
  const others = (headers.get('Vary') ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '' && member.toLowerCase() !== 'cookie')
  headers.set('Vary', [...others, 'Cookie'].join(', '))
}
