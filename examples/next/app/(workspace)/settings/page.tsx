import type { Metadata } from 'next'
import { SettingsLink } from '@/components/settings-frame'
import { auth } from '@/lib/auth'
import { settingsPagesFor } from '@/lib/settings-pages'

export const metadata: Metadata = { title: 'Settings' }

/** What this person may open: pages of the app, and pages that Scalekit hosts; both by permission, the hosted ones by feature too. */
export default async function SettingsPage() {
  const session = await auth.requireAuth()
  const isMember = session.organizationId !== undefined
  const widgets = isMember ? await auth.organizations.settingsMenu(session) : auth.widgetsFor(session)
  return (
    <>
      <h1>Settings</h1>
      <p className="soft">You see what your role gives you.</p>
      <ul className="card rows">
        {settingsPagesFor(session).map(({ href, title, about }) => (
          <li key={href}>
            <SettingsLink href={href}>
              <b>{title}</b>
            </SettingsLink>{' '}
            <span className="soft">{about}</span>
          </li>
        ))}
      </ul>
      <h2>Hosted by Scalekit</h2>
      <ul className="card rows">
        {widgets.map(({ id, title, access, href }) => (
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
