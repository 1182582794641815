import type { Member, OrganizationRole } from '@scalegate/plugins/members'
import type { Metadata } from 'next'
import { SettingsFrame } from '@/components/settings-frame'
import { auth } from '@/lib/auth'
import { InviteForm } from './invite-form'
import { MemberMenu } from './member-menu'

export const metadata: Metadata = { title: 'Members' }

const path = '/settings/members'
const statuses = new Map([
  ['PENDING_INVITE', 'invited'],
  ['INVITE_EXPIRED', 'invitation expired'],
  ['INACTIVE', 'inactive'],
])

/** What this person may change, and the roles they may give. */
interface Powers {
  readonly may: (what: 'invite' | 'role_change' | 'delete') => boolean
  readonly roles: readonly OrganizationRole[]
}

/** Everybody in the organization. The actions ask for permissions of their own, and once more at Scalekit. */
export default async function MembersPage({ searchParams }: { searchParams: Promise<{ page_token?: string }> }) {
  const session = await auth.requirePermission('sk_org_users_read')
  const may: Powers['may'] = (what) => session.permissions.includes(`sk_org_users_${what}`)
  const { page_token: pageToken } = await searchParams
  const [{ members, nextPageToken }, roles] = await Promise.all([
    auth.members.list(session, { pageSize: 30, ...(pageToken ? { pageToken: String(pageToken) } : {}) }),
    may('invite') || may('role_change') ? auth.members.assignableRoles(session) : [],
  ])
  return (
    <SettingsFrame title="Members" path={path} session={session}>
      {may('invite') ? (
        <InviteForm>
          <InviteFields roles={roles} />
        </InviteForm>
      ) : (
        <p className="soft">Your role may look at members, not invite them.</p>
      )}
      <ul className="card rows">
        {members.map((member) => (
          <Row key={member.id} member={member} may={may} roles={roles} />
        ))}
      </ul>
      {nextPageToken && (
        <p>
          <a className="button" href={`${path}?page_token=${encodeURIComponent(nextPageToken)}`}>
            More members
          </a>
        </p>
      )}
    </SettingsFrame>
  )
}

/** The key is the form's: pressed twice, it invites once. */
function InviteFields({ roles }: { roles: readonly OrganizationRole[] }) {
  return (
    <>
      <input type="hidden" name="idempotency_key" value={crypto.randomUUID()} />
      <label htmlFor="email">Invite</label>
      <input
        id="email"
        name="email"
        type="email"
        placeholder="name@example.com"
        required
        maxLength={254}
        autoComplete="off"
      />
      <select name="roles" aria-label="Role" defaultValue={roles.find(({ isDefault }) => isDefault)?.name}>
        {roles.map((role) => (
          <option key={role.name} value={role.name}>
            {nameOf(role)}
          </option>
        ))}
      </select>
    </>
  )
}

function Row({ member, may, roles }: Powers & { member: Member }) {
  const { id, name, email, status = '', isYou } = member
  const isOpen = status === 'PENDING_INVITE' || status === 'INVITE_EXPIRED'
  const isChangeable = !isYou && (may('role_change') || may('delete') || (may('invite') && isOpen))
  return (
    <li className="person">
      <span>
        <b>{name ?? email}</b> {isYou && <span className="badge">you</span>}{' '}
        {statuses.has(status) && <span className="badge">{statuses.get(status)}</span>}{' '}
        {name && <span className="soft">{email}</span>}
      </span>{' '}
      <span className="soft">{member.roles.map(nameOf).join(', ')}</span>
      {isChangeable && (
        <MemberMenu
          userId={id}
          name={name ?? email ?? id}
          roleFields={may('role_change') && <RoleFields member={member} roles={roles} />}
          mayResend={may('invite') && isOpen}
          removeLabel={may('delete') ? (isOpen ? 'Withdraw invitation' : 'Remove') : undefined}
        />
      )}
    </li>
  )
}

/** What is sent are all the roles of the member from then on: those this person may not give are kept as they are. */
function RoleFields({ member: { roles: held }, roles }: { member: Member; roles: readonly OrganizationRole[] }) {
  const kept = held.filter(({ name }) => !roles.some((role) => role.name === name))
  const has = (role: OrganizationRole) => held.some(({ name }) => name === role.name)
  return (
    <>
      {kept.map(({ name }) => (
        <input key={name} type="hidden" name="roles" value={name} />
      ))}
      {roles.map((role) => (
        // Another key once it is another choice: React keeps what was ticked before.
        <label key={`${role.name} ${has(role)}`}>
          <input type="checkbox" name="roles" value={role.name} defaultChecked={has(role)} /> {nameOf(role)}
        </label>
      ))}
    </>
  )
}

function nameOf({ name, displayName }: { name: string; displayName?: string }): string {
  return displayName ?? name
}
