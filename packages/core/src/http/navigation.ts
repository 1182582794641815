import type { IncomingRequest } from './incoming-request.js'

/**
 * - `navigation`: a person waits for a document, so a redirect or a page is an answer.
 * - `prefetch`: nobody may ever look at the answer, so nothing is stored or spent for it.
 * - `fetch`: a program asked; it gets statuses and JSON.
 */
export type RequestKind = 'navigation' | 'prefetch' | 'fetch'

/**
 * Says for whom a request is (Fetch §3.2 metadata headers, with older signs where a browser sends none).
 *
 * A document navigation is the only kind that may start a login: Next's router fetches a guarded page before it
 * navigates, and each such fetch would leave an orphaned transaction cookie.
 */
export function requestKind(request: IncomingRequest): RequestKind {
  const { method, headers } = request
  if (isPrefetch(headers)) return 'prefetch'
  if (headers.get('rsc') !== null || headers.get('next-action') !== null) return 'fetch'
  const reads = method === 'GET' || method === 'HEAD'

  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) {
    const destination = headers.get('sec-fetch-dest') ?? 'document'
    const isDocument = mode === 'navigate' && destination === 'document'
    return isDocument && (reads || method === 'POST') ? 'navigation' : 'fetch'
  }

  // Browsers send the metadata only over https and to this machine, and before 2023 not all of them.
  if (!(reads || method === 'POST') || headers.get('x-requested-with') !== null) return 'fetch'
  return /\btext\/html\b/i.test(headers.get('accept') ?? '') ? 'navigation' : 'fetch'
}

function isPrefetch(headers: IncomingRequest['headers']): boolean {
  // `Sec-Purpose: prefetch;prerender` is the standard one; Safari says `X-Purpose: preview`, old Firefox `X-Moz: prefetch`.
  const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => headers.get(name))
  if (purposes.some((purpose) => purpose !== null && /\b(?:prefetch|prerender|preview)\b/i.test(purpose))) return true
  // Next counts up from 1 to tell kinds of prefetch apart.
  return ['next-router-prefetch', 'x-middleware-prefetch'].some((name) => !['', '0'].includes(headers.get(name) ?? ''))
}
