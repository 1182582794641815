import type { Metadata } from 'next'
import Link from 'next/link'
import { auth } from '@/lib/auth'
import { saveLogin, usersOf } from '@/lib/users'

export const metadata: Metadata = { title: 'Members' }

/** Who of the session's organization has logged in here. Without the permission: the kit's 403 page. */
export default async function MembersPage() {
  const session = await auth.requirePermission('sk_org_users_read')
  // A session outlives a restart of this process; a table in its memory does not.
  await saveLogin(session)
  return (
    <>
      <h1>Members</h1>
      <p className="soft">
        People of your organization who have used this app. Invite and remove them in the{' '}
        <Link href="/settings/members">settings</Link>.
      </p>
      <ul className="card rows">
        {(await usersOf(session)).map(({ id, name, email, scalekitId }) => (
          <li key={id}>
            <b>{name}</b>
            {scalekitId === session.user.id && (
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
