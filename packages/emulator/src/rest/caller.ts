import type { MiddlewareHandler } from 'hono'
import type { Environment } from '../environment.js'
import { bearer, readAccessToken } from '../oauth/access-token.js'
import type { Client } from '../state/directory.js'
import { restError } from './errors.js'

/** What a route of the management API can ask its context for. */
export interface Managed {
  readonly Variables: { readonly caller: Client }
}

/** Only tokens from `client_credentials` manage an environment: their subject is the client itself. */
export function managed(environment: Environment): MiddlewareHandler<Managed> {
  return async (c, next) => {
    const token = bearer(c.req.header('authorization'))
    const claims = token === undefined ? undefined : await readAccessToken(environment, token)
    const caller = environment.directory.client(String(claims?.sub))
    if (caller === undefined) return restError('UNAUTHENTICATED', 'a token from client_credentials is needed')
    c.set('caller', caller)
    return next()
  }
}
