import type { Configuration } from 'oidc-provider'
import type { Environment } from '../environment.js'
import { profileClaims, stands } from './entitlement.js'

type FindAccount = NonNullable<Configuration['findAccount']>

/**
 * The person behind a login, a code or a refresh token; nobody when the authorization no longer stands, which the
 * engine answers with `invalid_grant`. Using a token counts as activity of the session.
 */
export function findAccount(
  environment: Environment,
  sub: string,
  token: Parameters<FindAccount>[2],
): Awaited<ReturnType<FindAccount>> {
  if (environment.directory.user(sub) === undefined) return undefined
  const grantId = token !== undefined && 'grantId' in token ? token.grantId : undefined
  const authorization = environment.authorizations.find(grantId)
  if (token !== undefined && (authorization === undefined || !stands(environment, authorization))) return undefined
  if (authorization !== undefined) environment.sessions.touch(authorization.sid)
  const where = authorization === undefined ? {} : { oid: authorization.organizationId, sid: authorization.sid }
  return { accountId: sub, claims: async () => ({ ...profileClaims(environment, sub), sub, ...where }) }
}
