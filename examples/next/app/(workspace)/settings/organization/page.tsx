import type { OrganizationFeature } from '@scalegate/next'
import type { Metadata } from 'next'
import { SettingsFrame } from '@/components/settings-frame'
import { auth } from '@/lib/auth'
import { PolicyForm } from './policy-form'

export const metadata: Metadata = { title: 'Organization' }

const path = '/settings/organization'

const featureNames: Readonly<Record<OrganizationFeature, string>> = {
  sso: 'Single sign-on',
  dir_sync: 'Directory sync',
  domain_verification: 'Domain verification',
  session_policy: 'Session policy',
}

/** The session's organization, and forms for those who may change it. */
export default async function OrganizationPage() {
  const session = await auth.requirePermission('sk_org_settings_read')
  const { organizations } = auth
  const [profile, features] = await Promise.all([organizations.own(session), organizations.features(session)])
  const hasPolicy = features.includes('session_policy') && session.permissions.includes('sk_org_session_policy_manage')
  const policy = hasPolicy ? await organizations.all().getSessionPolicy(profile.id) : undefined
  return (
    <SettingsFrame title="Organization" path={path} session={session}>
      <dl className="card facts">
        <div>
          <dt>Name</dt>
          <dd>{profile.displayName}</dd>
        </div>
        <div>
          <dt>Id</dt>
          <dd>
            <code>{profile.id}</code>
          </dd>
        </div>
        {profile.externalId && (
          <div>
            <dt>Id in this app</dt>
            <dd>
              <code>{profile.externalId}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>Switched on</dt>
          <dd>
            {features.length === 0 && 'nothing'}
            {features.map((name) => [
              <span className="badge" key={name}>
                {featureNames[name] ?? name}
              </span>,
              ' ',
            ])}
          </dd>
        </div>
      </dl>
      {session.permissions.includes('sk_org_settings_manage') ? (
        <RenameForm name={profile.displayName} />
      ) : (
        <p className="soft">Your role may look at this, not change it.</p>
      )}
      {policy && <PolicyForm policy={policy} returnTo={path} />}
    </SettingsFrame>
  )
}

function RenameForm({ name }: { name: string | undefined }) {
  return (
    <form className="card inline" method="post" action="/auth/organization">
      <input type="hidden" name="return_to" value={path} />
      <label htmlFor="display_name">Name</label>
      <input
        id="display_name"
        name="display_name"
        defaultValue={name}
        required
        maxLength={200}
        autoComplete="organization"
      />
      <button type="submit" className="primary">
        Rename
      </button>
    </form>
  )
}
