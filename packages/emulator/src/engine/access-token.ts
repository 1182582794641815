import type { Configuration } from 'oidc-provider'
import type { Environment } from '../environment.js'
import { newId } from '../ids.js'
import { accessClaims } from './entitlement.js'
import { modularAccessClaims } from './modular-sso.js'

type JwtCustomizer = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>

/** Scalekit's access token: `aud` as a list, `nbf`, `jti` with its prefix, the header `typ: JWT`. */
export function dressAccessToken(
  environment: Environment,
  token: Parameters<JwtCustomizer>[1],
  jwt: Parameters<JwtCustomizer>[2],
): void {
  const clientId = String(token.clientId)
  const { scope, ...standard } = jwt.payload
  const authorization = 'grantId' in token ? environment.authorizations.find(token.grantId) : undefined
  const own =
    authorization === undefined
      ? { scopes: typeof scope === 'string' ? scope.split(' ') : [] }
      : accessClaims(environment, authorization)
  const subject = authorization?.subject
  jwt.header = { typ: 'JWT' }
  jwt.payload = {
    ...(subject === undefined ? { ...own, ...standard } : modularAccessClaims({ ...standard, sub: subject })),
    aud: [...(environment.settings.accessTokenAudience ?? [clientId])],
    jti: newId('tkn'),
    nbf: standard.iat,
  }
}
