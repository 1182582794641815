import type { OwnSession } from '@scalegate/plugins/sessions'
import type { Metadata } from 'next'
import { SettingsFrame } from '@/components/settings-frame'
import { auth } from '@/lib/auth'

export const metadata: Metadata = { title: 'Sessions' }

const path = '/settings/sessions'

/** Where this person is signed in, in every app of the environment. The forms go to routes of the plugin. */
export default async function SessionsPage() {
  const session = await auth.requireAuth()
  const sessions = await auth.sessions.list(session)
  return (
    <SettingsFrame title="Sessions" path={path} session={session}>
      <p className="soft">Signing out a device takes effect there at its next click.</p>
      <ul className="card rows">
        {sessions.map((one) => (
          <Row key={one.id} {...one} />
        ))}
      </ul>
      {sessions.some(({ isCurrent }) => !isCurrent) && (
        <form method="post" action="/auth/sessions/revoke-others">
          <input type="hidden" name="return_to" value={path} />
          <button type="submit">Sign out all other devices</button>
        </form>
      )}
    </SettingsFrame>
  )
}

function Row({ id, isCurrent, device, createdAt, lastActiveAt }: OwnSession) {
  const { browser, os, ip, city } = device
  return (
    <li>
      <b>{[browser, os].filter(Boolean).join(' on ') || 'Unknown device'}</b>
      {isCurrent && (
        <>
          {' '}
          <span className="badge">this device</span>
        </>
      )}{' '}
      <span className="soft">{[city, ip].filter(Boolean).join(', ')}</span>{' '}
      <span className="soft">
        since <Minute of={createdAt} />, last seen <Minute of={lastActiveAt ?? createdAt} />
      </span>
      {!isCurrent && (
        <form method="post" action="/auth/sessions/revoke">
          <input type="hidden" name="return_to" value={path} />
          <input type="hidden" name="session_id" value={id} />
          <button type="submit">Sign out</button>
        </form>
      )}
    </li>
  )
}

/** Of an RFC 3339 instant. */
function Minute({ of: instant }: { of: string | undefined }) {
  return instant && <time dateTime={instant}>{instant.slice(0, 16).replace('T', ' ')}</time>
}
