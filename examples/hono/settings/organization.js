import { organizationPage } from '../views/settings/organization.js'

export const organization = (auth) => async (c) => {
  const session = c.var.auth
  const [profile, features] = await Promise.all([auth.organizations.own(session), auth.organizations.features(session)])
  const hasPolicy = features.includes('session_policy') && session.permissions.includes('sk_org_session_policy_manage')
  const policy = hasPolicy && (await auth.organizations.all().getSessionPolicy(profile.id))
  return c.html(organizationPage({ session, profile, features, policy }))
}
