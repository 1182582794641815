/**
 * Scalekit login, sessions, permission guards and logout for Hono.
 *
 * ```ts
 * import { scalegate } from '@scalegate/hono'
 * import { Hono } from 'hono'
 *
 * const auth = scalegate()
 * const app = new Hono()
 * app.use(auth)
 * app.get('/members', auth.requirePermission('sk_org_users_read'), (c) => c.json(c.var.auth.user))
 * ```
 *
 * `c.var.auth` is typed by the guard before the handler; nothing is augmented globally.
 *
 * @packageDocumentation
 */
export * from '@scalegate/core'
export { type Guard, type HonoAuth, type HonoOptions, type ScalegateEnv, scalegate } from './hono-auth.js'
