import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Environment } from '../environment.js'

/** Lax: an authorization request is a navigation from another site and must carry it. */
const attributes = { path: '/', httpOnly: true, sameSite: 'Lax' } as const

/** Gives the browser its Scalekit session, until it is closed. */
export function setSessionCookie(c: Context, environment: Environment, value: string): void {
  setCookie(c, environment.cookieName, value, attributes)
}

/** Takes the Scalekit session from the browser. */
export function clearSessionCookie(c: Context, environment: Environment): void {
  deleteCookie(c, environment.cookieName, attributes)
}

/** Gives the browser its sessions at the simulated identity providers, which are other parties than Scalekit. */
export function setIdpCookie(c: Context, environment: Environment, value: string): void {
  setCookie(c, `${environment.cookieName}_idp`, value, attributes)
}

/** The browser's cookie of the identity providers. */
export function idpCookie(c: Context, environment: Environment): string | undefined {
  return getCookie(c, `${environment.cookieName}_idp`)
}
