import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { now } from '../clock.js'
import { sign } from '../engine/token-response.js'
import type { Environment } from '../environment.js'
import { newId } from '../ids.js'
import type { Claims } from '../jws.js'
import type { SeedMachine } from '../seed/types.js'
import { remark } from '../server/remarks.js'
import { override } from '../state/token-mutations.js'
import { credentialsOf, invalidClient } from './client-authentication.js'

type NodeContext = Context<{ Bindings: HttpBindings }>

/**
 * `POST /oauth/token` of an organization's machine client. Not the engine's: it makes no JWT without an audience, and
 * knows no scopes but those of people.
 */
export async function machineToken(environment: Environment, c: NodeContext): Promise<Response> {
  const form = await c.req.parseBody()
  const [id, secret] = credentialsOf(c, form)
  const machine = environment.directory.machine(id)
  if (machine === undefined || machine.secret !== secret) {
    remark(c.env.outgoing, { error: 'invalid_client' })
    return invalidClient(c)
  }
  if (form.grant_type !== 'client_credentials') return refusal(c, 'unauthorized_client', 'only client_credentials')
  const asked = typeof form.scope === 'string' ? form.scope.split(' ').filter((scope) => scope !== '') : []
  const foreign = asked.find((scope) => !machine.scopes.includes(scope))
  if (foreign !== undefined) return refusal(c, 'invalid_scope', 'the client does not have a scope that was asked for')

  const scopes = asked.length === 0 ? machine.scopes : [...new Set(asked)]
  const mutation = environment.mutations.take('client_credentials')
  const token = await sign(environment, claimsOf(environment, machine, scopes), mutation?.accessToken)
  const expiresIn = environment.settings.clientCredentialsLifetime
  const body = { access_token: token, expires_in: expiresIn, token_type: 'Bearer', scope: scopes.join(' ') }
  c.header('cache-control', 'no-store')
  return c.json(override(body, mutation?.response))
}

/** Claims as in Scalekit's "API auth quickstart": `scopes` is a list, and there is no `aud` unless one is configured. */
function claimsOf({ url, settings }: Environment, machine: SeedMachine, scopes: readonly string[]): Claims {
  const at = now()
  return {
    iss: url,
    sub: machine.id,
    client_id: machine.id,
    oid: machine.organization,
    ...(machine.audience === undefined ? {} : { aud: machine.audience }),
    scopes,
    jti: newId('tkn'),
    iat: at,
    nbf: at,
    exp: at + settings.clientCredentialsLifetime,
  }
}

function refusal(c: NodeContext, error: string, description: string): Response {
  remark(c.env.outgoing, { error })
  c.header('cache-control', 'no-store')
  return c.json({ error, error_description: description }, 400)
}
