import type { Check, Requirement } from '../model/requirement.js'
import type { Session } from '../model/session.js'
import { hasPermission, permissionProblem } from './permission.js'

export type { Requirement } from '../model/requirement.js'

const members = ['permissions', 'anyPermission', 'roles', 'organizationId', 'recentLogin', 'fresh', 'checks'] as const

/** With less, the way to the login and back would already be too long. */
const shortestLogin = 30

/**
 * Checks and freezes what a guard asks. An empty or misspelt requirement must never come to mean "allow".
 *
 * @throws TypeError at the creation of the guard, naming what is wrong.
 */
export function requirement(asked: Requirement): Requirement {
  // Also what a class or a prototype brings: nothing of it may be dropped in silence.
  for (const key in asked) {
    if (!(members as readonly string[]).includes(key)) throw new TypeError(`A guard cannot ask for "${key}".`)
    // The organization has a message of its own below.
    if (asked[key as keyof Requirement] === undefined && key !== 'organizationId')
      throw new TypeError(`A guard cannot ask for "${key}" that is undefined; leave it out.`)
  }
  for (const list of [asked.permissions, asked.anyPermission]) {
    if (list === undefined) continue
    if (!Array.isArray(list) || list.length === 0)
      throw new TypeError('A permission guard needs at least one permission.')
    for (const name of list) {
      const problem = permissionProblem(name)
      if (problem !== undefined)
        throw new TypeError(`A permission guard cannot be made: ${problem}${problem.endsWith('?') ? '' : '.'}`)
    }
  }
  if (
    asked.roles !== undefined &&
    (!Array.isArray(asked.roles) || asked.roles.length === 0 || ![...asked.roles].every(isName))
  ) {
    throw new TypeError('A role guard needs at least one role name.')
  }
  if ('organizationId' in asked && !isName(asked.organizationId)) {
    throw new TypeError('An organization guard needs an organization id.')
  }
  const { recentLogin, fresh } = asked
  if (recentLogin !== undefined && !(Number.isSafeInteger(recentLogin) && recentLogin >= shortestLogin))
    throw new TypeError(`A guard of recent logins needs a whole number of seconds, ${shortestLogin} or more.`)
  if (fresh !== undefined && fresh !== true) throw new TypeError('A guard asks for `fresh: true` or leaves it out.')
  if (
    asked.checks !== undefined &&
    (!Array.isArray(asked.checks) || !asked.checks.length || !asked.checks.every(isCheck))
  )
    throw new TypeError('A guard needs at least one check, as a plugin or you yourself make it.')
  // Copied: a list that is emptied later would ask for nothing.
  const copies = members.flatMap((key) => {
    const value = asked[key]
    if (value === undefined) return []
    return [[key, Array.isArray(value) ? Object.freeze([...value]) : value]]
  })
  return Object.freeze(Object.fromEntries(copies))
}

/** What of the requirement the session does not meet at `now`, its checks aside; undefined if it meets all of it. */
export function unmet(session: Session, asked: Requirement, now: number): keyof Requirement | undefined {
  const { permissions, roles, organizationId } = session
  // A computed id that turned out to be nothing is no organization, and not "any".
  if ('organizationId' in asked && (!isName(asked.organizationId) || asked.organizationId !== organizationId))
    return 'organizationId'
  if (asked.permissions !== undefined && !asked.permissions.every((name) => hasPermission(permissions, name)))
    return 'permissions'
  if (asked.anyPermission !== undefined && !asked.anyPermission.some((name) => hasPermission(permissions, name)))
    return 'anyPermission'
  if (asked.roles !== undefined && !asked.roles.some((role) => (roles as readonly string[]).includes(role)))
    return 'roles'
  // Last: nobody logs in once more to be told no.
  const { recentLogin } = asked
  if (recentLogin !== undefined && !(now - (session.authenticatedAt ?? Number.NEGATIVE_INFINITY) <= recentLogin))
    return 'recentLogin'
  return undefined
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function isCheck(value: unknown): value is Check {
  const { name, allows } = (value ?? {}) as Partial<Check>
  return typeof name === 'string' && /^[\w.:-]{1,64}$/.test(name) && typeof allows === 'function'
}
