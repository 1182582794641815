import type { ReconcileReport } from '@scalegate/plugins/directory'
import type { Metadata } from 'next'
import { SettingsFrame, SettingsLink } from '@/components/settings-frame'
import { auth } from '@/lib/auth'
import { syncedUsersOf } from '@/lib/users'
import { workspaceOf } from '@/lib/workspaces'

export const metadata: Metadata = { title: 'Directory' }

/** The directories of the organization, and who of them is in the app's own table. */
export default async function DirectoryPage() {
  const session = await auth.requirePermission('sk_org_scim_read')
  const { organizationId = '' } = session
  const manages = session.permissions.includes('sk_org_scim_manage')
  const [directories, people] = await Promise.all([auth.directory.list(organizationId), syncedUsersOf(session)])
  return (
    <SettingsFrame title="Directory" path="/settings/directory" session={session}>
      <ul className="card rows">
        {directories.length === 0 && (
          <li className="soft">
            No directory yet.
            {manages && (
              <>
                {' '}
                Connect one in the <SettingsLink href="/settings/portal">admin portal</SettingsLink>.
              </>
            )}
          </li>
        )}
        {directories.map(({ id, name, directoryProvider, enabled }) => (
          <li key={id}>
            <b>{name ?? directoryProvider ?? id}</b> <span className="badge">{enabled ? 'on' : 'off'}</span>{' '}
            <code>{id}</code>
          </li>
        ))}
      </ul>
      <h2>Synced people</h2>
      <ul className="card rows">
        {people.length === 0 && <li className="soft">Nobody is synced.</li>}
        {people.map(({ directoryId, name, email, directoryGroups }) => (
          <li key={directoryId} id={directoryId ?? undefined}>
            <b>{name}</b> <span className="soft">{email}</span>{' '}
            <span>
              {directoryGroups.map((group) => [
                <span className="badge" key={group}>
                  {group}
                </span>,
                ' ',
              ])}
            </span>
          </li>
        ))}
      </ul>
      {manages && directories.length > 0 && <Comparison of={workspaceOf(session)} />}
    </SettingsFrame>
  )
}

function Comparison({ of: { comparison } }: { of: ReturnType<typeof workspaceOf> }) {
  return (
    <form className="actions" method="post" action="/settings/directory/compare">
      <button type="submit">Compare with the directory</button>
      {comparison && (
        <p className="soft" role="status">
          {inWords(comparison)}
        </p>
      )}
    </form>
  )
}

function inWords({ created, updated, deactivated, unchanged, withheld }: ReconcileReport): string {
  const text = `Compared: ${created} new, ${updated} changed, ${deactivated} gone, ${unchanged} as before.`
  return withheld ? `${text} ${withheld.users} were kept, to be safe (${withheld.because}).` : text
}
