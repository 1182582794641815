import type { Environment } from '../environment.js'
import type { Claims } from '../jws.js'
import { isScalekitPermission } from '../seed/permissions.js'
import type { Authorization } from '../state/authorizations.js'
import { fullNameOf } from '../state/people.js'

/**
 * Whether an authorization still stands: its session lives (a removed membership ends it, too). Asked at each code
 * exchange and refresh, so that a revoked session shows as `invalid_grant`.
 */
export function stands({ sessions }: Environment, authorization: Authorization): boolean {
  const session = sessions.find(authorization.sid)
  return session !== undefined && sessions.isLive(session)
}

/** The person's claims in the ID token. The engine gives out those that the granted scopes cover (OIDC Core §5.4). */
export function profileClaims(environment: Environment, userId: string): Claims {
  const user = environment.directory.user(userId)
  if (user === undefined) return { sub: userId }
  return {
    sub: user.id,
    email: user.email,
    email_verified: user.emailVerified ?? true,
    ...names({ name: fullNameOf(user), given_name: user.givenName, family_name: user.familyName }),
    ...(user.picture === undefined ? {} : { picture: user.picture }),
    ...(user.locale === undefined ? {} : { locale: user.locale }),
  }
}

/** What an access token says beyond the standard claims, computed anew at every issue. */
export function accessClaims(environment: Environment, authorization: Authorization): Claims {
  const { directory, settings } = environment
  const { userId, organizationId } = authorization
  const user = directory.user(userId)
  const organization = directory.organization(organizationId)
  const permissions = directory.permissionsOf(userId, organizationId)
  return {
    ...organization?.claims,
    ...user?.claims,
    oid: organizationId,
    sid: authorization.sid,
    roles: directory.rolesOf(userId, organizationId),
    permissions: settings.skInToken ? permissions : permissions.filter((name) => !isScalekitPermission(name)),
    ...(organization?.externalId === undefined ? {} : { xoid: organization.externalId }),
    ...(user?.externalId === undefined ? {} : { xuid: user.externalId }),
  }
}

/** Whoever was only invited has none yet. */
function names(claims: Readonly<Record<string, string>>): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== ''))
}
