import { privateHeaders } from './cache-headers.js'

/** What a problem answer tells; an entry of the error table with its code, or a `ScalegateError` with a title. */
export interface Problem {
  /** The stable error code, for programs. */
  readonly code: string
  readonly status: number
  /** One sentence for people. Static text: it is sent as it stands. */
  readonly title: string
}

export interface ProblemExtra {
  readonly headers?: HeadersInit
  /** Further members, e.g. `loginUrl`. They cannot replace the standard ones. */
  readonly members?: Readonly<Record<string, unknown>>
}

/**
 * An error for programs: `application/problem+json` (RFC 9457), never cached, never sniffed.
 *
 * `type` is `about:blank` because the kit owns no address to publish types under; the member `code` tells problems
 * apart. For the same reason `title` is ours and not the phrase of the status (RFC 9457 §4.2.1 says SHOULD).
 */
export function problem(error: Problem, extra: ProblemExtra = {}): Response {
  const { code, status, title } = error
  const headers = new Headers(extra.headers)
  headers.set('Content-Type', 'application/problem+json')
  headers.set('Cache-Control', privateHeaders['Cache-Control'])
  headers.set('X-Content-Type-Options', 'nosniff')
  return new Response(JSON.stringify({ ...extra.members, type: 'about:blank', title, status, code }), {
    status,
    headers,
  })
}
