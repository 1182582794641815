'use client'

import { AdminPortal, type PortalEvent } from '@scalegate/browser/react'
import type { PortalFeature } from '@scalegate/plugins/admin-portal'
import { useState } from 'react'

const words: Partial<Record<PortalEvent['type'], string>> = {
  ORGANIZATION_SSO_ENABLED: 'Single sign-on was switched on.',
  ORGANIZATION_SSO_DISABLED: 'Single sign-on was switched off.',
  ORGANIZATION_DIRECTORY_ENABLED: 'Directory sync was switched on.',
  ORGANIZATION_DIRECTORY_DISABLED: 'Directory sync was switched off.',
}

/** What the portal says is a hint for the person before the page. What is true, the app hears by webhooks. */
export function Portal({ features, environment }: { features: readonly PortalFeature[]; environment: string }) {
  const [news, setNews] = useState('')
  return (
    <>
      <p className="news" role="status">
        {news}
      </p>
      <AdminPortal
        features={features}
        environment={environment}
        onEvent={({ type }) => setNews((before) => words[type] ?? before)}
      />
    </>
  )
}
