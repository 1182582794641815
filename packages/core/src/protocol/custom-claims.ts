import type { Claims } from '../model/register.js'

/** Names of RFC 7519, RFC 9068 and Scalekit itself; the rest was defined by the environment's owner. */
const registeredClaims = new Set([
  'iss', 'sub', 'aud', 'azp', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scope', 'scopes', 'auth_time', 'acr', 'amr',
  'oid', 'sid', 'xoid', 'xuid', 'roles', 'permissions', 'typ',
]) // biome-ignore format: one table

/** The claims of an access token that the environment's owner defined, frozen all through. */
export function customClaims(raw: Readonly<Record<string, unknown>>): Claims {
  const claims: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(raw)) if (!registeredClaims.has(name)) claims[name] = frozen(value)
  return Object.freeze({ ...claims }) as Claims
}

/** Frozen all through: the tokens are read once per process, and a page must not change what the next request reads. */
function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const member of Object.values(value)) frozen(member)
  return Object.freeze(value)
}
