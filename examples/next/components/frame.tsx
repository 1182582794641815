import type { Session } from '@scalegate/next'
import { SessionProvider } from '@scalegate/next/client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { isStaff } from '@/lib/staff'
import { AccountBar } from './account-bar'

/** The bar and the content. Without `session` nobody was asked who they are, so the bar does not say so either. */
export function Frame({ session, children }: { session?: Session | null; children: ReactNode }) {
  return (
    // What the server knows is in the page from the first byte on, and the browser asks only when it gets old.
    <SessionProvider initial={session}>
      <header className="bar">
        <Link className="brand" href="/">
          Plainboard
        </Link>
        {session !== undefined && <AccountBar isStaff={session !== null && isStaff(session)} />}
      </header>
      <main id="content">{children}</main>
    </SessionProvider>
  )
}
