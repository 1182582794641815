import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Environment } from '../environment.js'
import type { Claims } from '../jws.js'
import { dressTokenResponse } from './token-response.js'

type Middleware = (ctx: KoaContextWithOIDC, next: () => Promise<void>) => Promise<void>

/** Signs, completes and (on request) spoils the token response; the engine has no hook for it. */
export function dressToken(environment: Environment): Middleware {
  return async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'token' || ctx.status !== 200) return
    ctx.body = await dressTokenResponse(environment, {
      body: ctx.body as Claims,
      grantType: String(ctx.oidc.params?.grant_type),
      clientId: String(ctx.oidc.client?.clientId),
      authorization: environment.authorizations.find(ctx.oidc.entities.Grant?.jti),
    })
  }
}

/** RFC 9207 off: the engine always adds `iss` to the authorization response and promises it. */
export function dressRedirect(environment: Environment): Middleware {
  return async (ctx, next) => {
    await next()
    const location = ctx.response.get('location')
    if (environment.settings.issInResponse || location === '' || !URL.canParse(location)) return
    const target = new URL(location)
    if (!target.searchParams.has('code') && !target.searchParams.has('error')) return
    target.searchParams.delete('iss')
    ctx.set('location', target.href)
  }
}

/** The discovery document of Scalekit is not published in full; what the engine does and Scalekit does not is left out. */
export function dressDiscovery(environment: Environment): Middleware {
  return async (ctx, next) => {
    await next()
    if (ctx.oidc?.route !== 'discovery' || ctx.status !== 200) return
    // Scalekit's document cannot be read from another origin's script; its React SDK says so.
    ctx.remove('access-control-allow-origin')
    const {
      authorization_response_iss_parameter_supported: promise,
      claims_parameter_supported: _claims,
      request_uri_parameter_supported: _requestUri,
      ...metadata
    } = ctx.body as Claims
    ctx.body = environment.settings.issInResponse
      ? { ...metadata, authorization_response_iss_parameter_supported: promise }
      : metadata
  }
}

/**
 * Makes the engine's cookies end with the browser session. It computes `expires` from the shifted clock, so with a
 * clock in the past a browser would drop them at once.
 */
export async function dressSetCookie(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next()
  const cookies = [ctx.response.get('set-cookie') ?? []].flat().filter((cookie) => cookie !== '')
  if (cookies.length === 0) return
  ctx.set(
    'set-cookie',
    cookies.map((cookie) =>
      cookie.includes('expires=Thu, 01 Jan 1970') ? cookie : cookie.replace(/; expires=[^;]+/i, ''),
    ),
  )
}
