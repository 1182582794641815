import type { Metadata } from 'next'
import { auth } from '@/lib/auth'
import { workspaceOf } from '@/lib/workspaces'

export const metadata: Metadata = { title: 'Activity' }

/** What Scalekit told the app about the session's organization. */
export default async function ActivityPage() {
  const { events } = workspaceOf(await auth.requireRole('admin'))
  return (
    <>
      <h1>Activity</h1>
      <p className="soft">The last webhooks about your organization: who came, who went, what changed.</p>
      <ul className="card rows">
        {events.length === 0 && <li className="soft">Nothing has happened since this app was started.</li>}
        {events.map(({ id, type, text, occurredAt }) => (
          <li key={id} id={id}>
            <b>{text}</b> <code>{type}</code>{' '}
            <time className="soft" dateTime={occurredAt}>
              {occurredAt.slice(11, 19)}
            </time>
          </li>
        ))}
      </ul>
    </>
  )
}
