import { permissionProblem } from './permission.js'

/** What an API asks of an access token. Every member given must hold. */
export interface BearerRequirement {
  /** Who the token must be for (`aud`): one of these. There is no default, because a token for another API must not work here. */
  readonly audience: string | readonly string[]
  /** Each of these scopes. */
  readonly scopes?: readonly string[]
  /** Each of these permissions; `…_manage` implies `…_read`. */
  readonly permissions?: readonly string[]
  /** Whose tokens are taken. @defaultValue `user` */
  readonly callers?: 'user' | 'machine' | 'any'
  /** The organization (`oid`) the token must be of. Computed and nothing: no organization, and not any. */
  readonly organizationId?: string | undefined
  /**
   * Takes the session of a browser where no access token is sent; never both together. A session has no scopes, so a
   * requirement with `scopes` refuses it. @defaultValue false
   */
  readonly orSession?: boolean
}

const members = ['audience', 'scopes', 'permissions', 'callers', 'organizationId', 'orSession'] as const

/**
 * Checks and freezes what an API asks. An empty or misspelt requirement must never come to mean "allow".
 *
 * @throws TypeError at the creation of the guard, naming what is wrong.
 */
export function bearerRequirement(asked: BearerRequirement): BearerRequirement {
  for (const key of Object.keys(asked)) {
    if (!(members as readonly string[]).includes(key)) throw new TypeError(`A bearer guard cannot ask for "${key}".`)
  }
  const { audience, scopes, permissions, callers, orSession } = asked
  requireNames([audience].flat(), 'A bearer guard needs an audience: who the access token must be for.')
  // Computed and nothing is an error, as for the organization: it must not come to mean that none is needed.
  if ('scopes' in asked) requireNames(scopes, 'A bearer guard needs at least one scope, or no `scopes` at all.')
  if ('permissions' in asked) {
    requireNames(permissions, 'A bearer guard needs at least one permission, or no `permissions` at all.')
    const problem = permissions.map(permissionProblem).find((found) => found !== undefined)
    if (problem !== undefined) throw new TypeError(`A bearer guard cannot be made: ${problem}`)
  }
  if (callers !== undefined && !['user', 'machine', 'any'].includes(callers))
    throw new TypeError('`callers` must be "user", "machine" or "any".')
  if (orSession !== undefined && typeof orSession !== 'boolean')
    throw new TypeError('`orSession` must be true or false.')
  if ('organizationId' in asked && !isName(asked.organizationId))
    throw new TypeError('A bearer guard of an organization needs its id.')
  // By name, because a copy of own members would lose what a class asks for by a getter.
  const copies = members.filter((name) => name in asked).map((name) => [name, copied(asked[name])])
  return Object.freeze(Object.fromEntries(copies))
}

/** A list that is emptied later would ask for nothing. */
function copied(value: unknown): unknown {
  return Array.isArray(value) ? Object.freeze([...value]) : value
}

function requireNames(list: unknown, message: string): asserts list is readonly string[] {
  // Spread, because `every` steps over the holes of a list.
  if (!Array.isArray(list) || list.length === 0 || ![...list].every(isName)) throw new TypeError(message)
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}
