/**
 * Scalekit login, sessions, permission guards and logout for the App Router of Next.js 15 and 16.
 *
 * ```ts
 * // lib/auth.ts
 * import { scalegate } from '@scalegate/next'
 * export const auth = scalegate()
 *
 * // app/auth/[...scalegate]/route.ts
 * import { auth } from '@/lib/auth'
 * export const { GET, POST } = auth.handlers
 * ```
 *
 * What runs in the browser is in `@scalegate/next/client`.
 *
 * @packageDocumentation
 */
export * from '@scalegate/core'
export type { GuardedBy } from './asked.js'
export { type NextAuth, scalegate } from './next-auth.js'
export type { ProxyHandler, ProxyInfo } from './proxy.js'
export type { BearerExtra, BearerHandler, RouteExtra, RouteHandler } from './route-handlers.js'
