import type { Session } from '@scalegate/next'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { settingsPagesFor } from '@/lib/settings-pages'

/** A page of the settings, with the others beside it. */
export function SettingsFrame(props: { title: string; path: string; session: Session; children: ReactNode }) {
  const { title, path, session, children } = props
  return (
    <>
      <nav className="tabs" aria-label="Settings">
        {settingsPagesFor(session).map(({ href, title }) => (
          <SettingsLink key={href} href={href} current={href === path}>
            {title}
          </SettingsLink>
        ))}
      </nav>
      <h1>{title}</h1>
      {children}
    </>
  )
}

/** The portal's page has a policy of its own, which counts for a document and not for a soft navigation: hence no `Link`. */
export function SettingsLink(props: { href: string; current?: boolean; children: ReactNode }) {
  const { href, current, children } = props
  const attributes = { href, 'aria-current': current ? ('page' as const) : undefined }
  return href === '/settings/portal' ? <a {...attributes}>{children}</a> : <Link {...attributes}>{children}</Link>
}
