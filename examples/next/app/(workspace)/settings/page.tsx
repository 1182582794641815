import type { Metadata } from 'next'
import { auth } from '@/lib/auth'

export const metadata: Metadata = { title: 'Settings' }

/** A menu of the hosted widgets this person may use; Scalekit hosts the pages behind it. */
export default async function SettingsPage() {
  const session = await auth.requireAuth()
  return (
    <>
      <h1>Settings</h1>
      <p className="soft">These pages are hosted by Scalekit. You see the ones your role gives you.</p>
      <ul className="card rows">
        {auth.widgetsFor(session).map(({ id, title, access, href }) => (
          <li key={id}>
            {/* Leads out of the app, so it is a plain link and not a `Link`. */}
            <a href={href}>
              <b>{title}</b>
            </a>{' '}
            <span className="badge">{access === 'manage' ? 'can change' : 'can view'}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
