import type { IncomingRequest } from '@scalegate/core'
import type { Request } from 'express'

/** The little that guards read of a request; a whole web `Request` costs more than the guard itself. */
export function incomingRequest(req: Request): IncomingRequest {
  return {
    method: req.method,
    // Mounted routers cut `url`; the address of the browser is in `originalUrl`.
    url: req.originalUrl,
    headers: { get: (name) => headerOf(req, name.toLowerCase()) },
  }
}

function headerOf(req: Request, name: string): string | null {
  // Node keeps the first of two in `headers`, and a proxy in front may have read the last (RFC 6750 §2.1 allows one).
  const value = name === 'authorization' ? req.headersDistinct[name] : req.headers[name]
  if (value === undefined) return null
  return Array.isArray(value) ? value.join(', ') : value
}
