'use client'

/**
 * Who is signed in, for components that run in the browser. No token comes here: the session is what
 * `GET /auth/session` of this app says, asked once for all components of a page.
 *
 * ```tsx
 * 'use client'
 * import { Permitted, useSession } from '@scalegate/next/client'
 *
 * export function AccountBar() {
 *   const { session } = useSession()
 *   return <p>{session?.user.name} <Permitted permission="sk_org_users_invite">may invite</Permitted></p>
 * }
 * ```
 *
 * @packageDocumentation
 */
export type { Permission, Role, Session, User } from '@scalegate/core/permissions'
export type { SessionState } from './client/session-state.js'
export type { SessionView } from './client/session-store.js'
export { Permitted, type PermittedProps, SignedIn, type SignedInProps, SignedOut } from './client/shown-to.js'
export { SessionProvider, type SessionProviderProps, useSession } from './client/use-session.js'
