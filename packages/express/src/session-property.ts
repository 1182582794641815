import { ConfigurationError, type Session } from '@scalegate/core'
import type { Request } from 'express'

/** The property of the request that holds the session behind a guard, and fails closed without one. */
export interface SessionProperty {
  /** Until a guard has let the request through, reading throws; a property of the same name further up is hidden. */
  readonly guardMissing: (req: Request) => void
  readonly reveal: (req: Request, session: Session) => void
}

export function sessionProperty(name: string): SessionProperty {
  const refuse = (): never => {
    throw new TypeError(
      `req.${name} belongs to @scalegate/express. Where another library sets it, choose a name: scalegate({ property: 'session' }).`,
    )
  }
  return {
    guardMissing(req) {
      const read = (): never => {
        throw new ConfigurationError(
          'guard_missing',
          [],
          `\`req.${name}\` was read at ${req.method} ${routeOf(req)}, which no guard protects.`,
        )
      }
      Object.defineProperty(req, name, { configurable: true, enumerable: false, get: read, set: refuse })
    },
    reveal(req, session) {
      Object.defineProperty(req, name, { configurable: true, enumerable: true, get: () => session, set: refuse })
    },
  }
}

/** The route's pattern rather than the address of the request, which may hold what must not be in a message. */
function routeOf(req: Request): string {
  const { route, baseUrl } = req as { route?: { path?: unknown }; baseUrl: string }
  return typeof route?.path === 'string' ? baseUrl + route.path : 'a middleware'
}
