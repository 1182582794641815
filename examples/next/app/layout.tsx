import type { Metadata, Viewport } from 'next'
import type { ReactNode } from 'react'

export const metadata: Metadata = {
  title: { template: '%s · Plainboard', default: 'Plainboard' },
  icons: '/icon.svg',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

/** The document around every page. It asks nobody who they are, so the 404 page needs no session. */
export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        {/* The sheets of every example, served as they are. */}
        <link rel="stylesheet" href="/style.css" />
        <link rel="stylesheet" href="/settings.css" />
      </head>
      <body>
        <a className="skip" href="#content">
          Skip to content
        </a>
        {children}
        <footer>An example app. Login, sessions and permissions by Scalegate; identities by Scalekit.</footer>
      </body>
    </html>
  )
}
