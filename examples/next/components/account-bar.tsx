'use client'

import { useSession } from '@scalegate/next/client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'

const sections = [
  { href: '/projects', label: 'Projects' },
  { href: '/members', label: 'Members' },
  { href: '/activity', label: 'Activity' },
  { href: '/settings', label: 'Settings' },
]
const backOffice = { href: '/staff/customers', label: 'Customers' }

/** A client component: it notices a log-out in another tab when somebody comes back to this one. */
export function AccountBar({ isStaff }: { isStaff: boolean }) {
  const path = usePathname()
  const { status, session } = useSession()

  // The login leaves the app, so it is a plain link and not a `Link`.
  if (status === 'signed-out') {
    return (
      <a className="button" href="/auth/login?return_to=/projects">
        Log in
      </a>
    )
  }
  if (status !== 'signed-in') return null
  const { user, organizationId } = session
  return (
    <>
      <nav aria-label="Sections">
        {(isStaff ? [...sections, backOffice] : sections).map(({ href, label }) => (
          <Link key={href} href={href} aria-current={isWithin(href, path) ? 'page' : undefined}>
            {label}
          </Link>
        ))}
      </nav>
      <div className="account">
        <details className="menu">
          <summary>{user.name ?? user.email ?? user.id}</summary>
          <div className="card">
            <p>
              Organization <code>{organizationId ?? 'none'}</code>
            </p>
            <a href="/auth/switch-organization?return_to=/projects">Switch organization</a>
          </div>
        </details>
        {/* Logging out changes state, so it is a form with a button and never a link. */}
        <form method="post" action="/auth/logout">
          <button type="submit">Log out</button>
        </form>
      </div>
    </>
  )
}

/** The pages of the settings are in their section. */
function isWithin(href: string, path: string): boolean {
  return path === href || (href === '/settings' && path.startsWith('/settings/'))
}
