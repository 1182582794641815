import type { PortalFeature } from '@scalegate/plugins/admin-portal'
import type { Metadata } from 'next'
import { SettingsFrame } from '@/components/settings-frame'
import { auth } from '@/lib/auth'
import { Portal } from './portal'

export const metadata: Metadata = { title: 'Admin portal' }

const names: Readonly<Record<PortalFeature, string>> = { sso: 'single sign-on', dir_sync: 'directory sync' }

/** Scalekit's admin portal in a frame, which `proxy.ts` allows. Without scripts the frame stays empty, and the form leads there. */
export default async function PortalPage() {
  const session = await auth.requireAnyPermission('sk_org_sso_manage', 'sk_org_scim_manage')
  const on = await auth.organizations.features(session)
  const features = auth.adminPortal.featuresFor(session).filter((feature) => on.includes(feature))
  return (
    <SettingsFrame title="Admin portal" path="/settings/portal" session={session}>
      {features.length === 0 ? (
        <p className="soft">Nothing that is set up there is switched on for your organization.</p>
      ) : (
        <>
          <p className="soft">
            Set up {features.map((feature) => names[feature]).join(' and ')} for your organization.
          </p>
          <Portal features={features} environment={auth.adminPortal.frameSource()} />
          <form method="post" action="/auth/admin-portal">
            {features.map((feature) => (
              <input key={feature} type="hidden" name="features" value={feature} />
            ))}
            <button type="submit">Open it on a page of its own</button>
          </form>
        </>
      )}
    </SettingsFrame>
  )
}
