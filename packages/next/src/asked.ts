import {
  type Check,
  type Permission,
  type Requirement,
  type Role,
  requirement,
  type ScalekitPermission,
} from '@scalegate/core'

/**
 * What a route handler or server action asks of its caller, over being signed in: all members must hold.
 * `Args` is what the organization can be computed from.
 */
export interface GuardedBy<Name extends Permission, Args extends readonly unknown[]> {
  /** This permission, or each of these. */
  readonly permission?: Name | readonly Name[]
  /** At least one of these permissions. */
  readonly anyPermission?: readonly Name[]
  readonly role?: Role
  /** At least one of these roles. */
  readonly anyRole?: readonly Role[]
  /** The session acts in this organization; where it is computed, nothing is 403. */
  readonly organizationId?: string | ((...args: Args) => string | undefined)
  /** Seconds since the person last proved who they are, 30 or more; older ones sign in once more and come back. */
  readonly recentLogin?: number
  /** Asks Scalekit for the session as it is now, so that what was taken away a moment ago is gone. */
  readonly fresh?: true
  /** Questions that the session does not answer itself, as plugins make them. */
  readonly check?: Check | readonly Check[]
}

/** Nothing where each `sk_…` among the names is one of Scalekit's; else what no requirement has, so that it does not compile. */
export type WellSpelt<Name extends string> = [Misspelt<Name>] extends [never]
  ? unknown
  : { readonly 'not a Scalekit permission': Misspelt<Name> }

type Misspelt<Name extends string> = Exclude<Extract<Name, `sk_${string}`>, ScalekitPermission>

/** The names of {@link GuardedBy} → those of core, which checks the values and refuses empty and misspelt ones. */
const members = {
  permission: 'permissions',
  anyPermission: 'anyPermission',
  role: 'roles',
  anyRole: 'roles',
  organizationId: 'organizationId',
  recentLogin: 'recentLogin',
  fresh: 'fresh',
  check: 'checks',
} as const

/**
 * Translates what is asked into a requirement, once; only a computed organization is read anew for each call.
 *
 * @throws TypeError at creation for unknown members and for what can never be met.
 */
export function asked<Args extends readonly unknown[]>(
  given: GuardedBy<Permission, Args>,
): (...args: Args) => Requirement {
  const { organizationId, ...fixed } = given
  if (typeof organizationId !== 'function') {
    const known = requirement(translated(given))
    return () => known
  }
  const known = requirement(translated(fixed))
  return (...args) => ({ ...known, organizationId: organizationId(...args) })
}

function translated(given: object): Requirement {
  if ('role' in given && 'anyRole' in given) throw new TypeError('A guard asks for `role` or for `anyRole`.')
  const entries = Object.entries(given).map(([name, value]) => {
    if (!Object.hasOwn(members, name)) throw new TypeError(`A guard cannot ask for "${name}".`)
    const single = name === 'role' || ((name === 'permission' || name === 'check') && !Array.isArray(value))
    return [members[name as keyof typeof members], single ? [value] : value]
  })
  return Object.fromEntries(entries)
}
