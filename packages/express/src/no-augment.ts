/**
 * `@scalegate/express` without the global type of `req.auth`, for programs in which another library has that name.
 * Give the session a property of its own: `scalegate({ property: 'session' })`.
 *
 * @packageDocumentation
 */
export * from '@scalegate/core'
export { type ExpressAuth, type ExpressExchange, type ExpressOptions, type Guard, scalegate } from './express-auth.js'
