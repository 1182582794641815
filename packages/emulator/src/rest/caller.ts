import type { Environment } from '../environment.js'
import { bearer, readAccessToken } from '../oauth/access-token.js'
import type { Client } from '../state/directory.js'

/** What a route of the management API can ask its context for. */
export interface Managed {
  readonly Variables: { readonly caller: Client }
}

/** Only tokens from `client_credentials` manage an environment: their subject is the client itself. */
export async function callerOf(environment: Environment, header: string | undefined): Promise<Client | undefined> {
  const token = bearer(header)
  const claims = token === undefined ? undefined : await readAccessToken(environment, token)
  return environment.directory.client(String(claims?.sub))
}
