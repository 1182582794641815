import type { ScalekitPermission } from './scalekit-permissions.js'

/**
 * The names of your own app, typed once by declaration merging:
 *
 * ```ts
 * declare module '@scalegate/express' {
 *   interface Register {
 *     permissions: 'projects:create' | 'projects:read'
 *     roles: 'admin' | 'member' | 'guest'
 *     claims: { plan: 'free' | 'paid' }
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is filled by the app
export interface Register {}

type Registered<Key extends string, Fallback> = Register extends Readonly<Record<Key, infer Value>> ? Value : Fallback

// `string & {}` keeps completion for the known names while any other string still fits.
type AnyName = string & Record<never, never>

/** A permission of the app itself, as created in the Scalekit dashboard (`projects:create`). */
export type AppPermission = Registered<'permissions', AnyName>

/** Any permission a guard can ask for. */
export type Permission = ScalekitPermission | AppPermission

/** Refuses a misspelt `sk_…` at compile time; the guard refuses it at creation as well. */
export type CheckedPermission<Name extends string> = Name extends `sk_${string}` ? Name & ScalekitPermission : Name

/** A role of the environment, such as `admin` or `member`. */
export type Role = Registered<'roles', AnyName>

/** Custom claims of the access token, as defined under Authentication > Token Claims (protocol.md §3.2). */
export type Claims = Registered<'claims', Readonly<Record<string, unknown>>>
