import type { CheckedPermission, Permission, Role } from '@scalegate/core'
import type { ReactNode } from 'react'
import { type AskedPermission, type Decision, isPermitted, isSignedIn } from './decision.js'
import { useSession } from './use-session.js'

export interface SignedInProps {
  readonly children?: ReactNode
  /** For strangers. While nothing is known neither is shown. */
  readonly fallback?: ReactNode
}

/**
 * Shows its children to people who are signed in.
 *
 * > [!WARNING]
 * > It hides, it does not protect: children that a Server Component rendered are in the page either way. What must
 * > stay private is guarded on the server (`auth.requireAuth()`, `auth.route`, `auth.action`).
 */
export function SignedIn({ children, fallback }: SignedInProps): ReactNode {
  return choose(isSignedIn(useSession()), children, fallback)
}

/** Shows its children to strangers; nothing while it is not known who is there. */
export function SignedOut({ children }: { readonly children?: ReactNode }): ReactNode {
  return choose(isSignedIn(useSession()), undefined, children)
}

/** One of the three, so that nobody has to guess whether they mean "and" or "or". */
export type PermittedProps<Name extends Permission = Permission> = {
  readonly children?: ReactNode
  /** For people without it, and for strangers. While nothing is known neither is shown. */
  readonly fallback?: ReactNode
} & (
  | { readonly permission: CheckedPermission<Name>; readonly anyPermission?: never; readonly role?: never }
  | { readonly anyPermission: readonly CheckedPermission<Name>[]; readonly permission?: never; readonly role?: never }
  | { readonly role: Role; readonly permission?: never; readonly anyPermission?: never }
)

/**
 * Shows its children to people with a permission, with one of several, or with a role. A stale session permits nothing.
 *
 * > [!WARNING]
 * > It hides, it does not protect: a browser can be told anything, and children that a Server Component rendered are in
 * > the page either way. Whoever presses the button is checked on the server (`auth.requirePermission`, `auth.route`,
 * > `auth.action`).
 *
 * ```tsx
 * <Permitted permission="sk_org_users_invite" fallback={<p>Ask an admin to invite people.</p>}>
 *   <InviteButton />
 * </Permitted>
 * ```
 *
 * @throws TypeError if it asks for nothing, or for a misspelt `sk_…`.
 */
export function Permitted<const Name extends Permission>(props: PermittedProps<Name>): ReactNode {
  const asked: AskedPermission = props
  return choose(isPermitted(useSession(), asked), props.children, props.fallback)
}

function choose(decision: Decision, children: ReactNode, fallback: ReactNode): ReactNode {
  if (decision === 'undecided') return null
  return decision === 'yes' ? children : fallback
}
