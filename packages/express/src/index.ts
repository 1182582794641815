/**
 * Scalekit login, sessions, permission guards and logout for Express 4.21+ and 5.
 *
 * ```ts
 * import express from 'express'
 * import { scalegate } from '@scalegate/express'
 *
 * const auth = scalegate()
 * const app = express()
 * app.use(auth)
 * app.get('/members', auth.requirePermission('sk_org_users_read'), (req, res) => res.json(req.auth.user))
 * ```
 *
 * This entry types `req.auth` for every Express app of the program; `@scalegate/express/no-augment` does not.
 *
 * @packageDocumentation
 */
import type { Session } from '@scalegate/core'

declare global {
  namespace Express {
    interface Request {
      /** The session, behind a guard of `@scalegate/express`. Read without one it throws `guard_missing`. */
      readonly auth: Session
    }
  }
}

// Not `export * from './no-augment.js'`: esbuild loses the names of an external package at the second step.
export * from '@scalegate/core'
export { type ExpressAuth, type ExpressExchange, type ExpressOptions, type Guard, scalegate } from './express-auth.js'
