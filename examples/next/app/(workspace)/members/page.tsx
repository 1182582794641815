import type { Metadata } from 'next'
import { auth } from '@/lib/auth'
import { rememberMember, workspaceOf } from '@/lib/workspaces'

export const metadata: Metadata = { title: 'Members' }

/** Who of the session's organization has logged in here. Without the permission: the kit's 403 page. */
export default async function MembersPage() {
  const session = await auth.requirePermission('sk_org_users_read')
  // A session outlives a restart of this process; its memory does not.
  rememberMember(session)
  return (
    <>
      <h1>Members</h1>
      <p className="soft">
        People of your organization who have used this app. Invite and remove them in{' '}
        <a href="/auth/widgets">member management</a>.
      </p>
      <ul className="card rows">
        {[...workspaceOf(session).members.values()].map(({ id, name, email }) => (
          <li key={id}>
            <b>{name}</b>
            {id === session.user.id && (
              <>
                {' '}
                <span className="badge">you</span>
              </>
            )}{' '}
            <span className="soft">{email}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
