import type { NewOrganization, Organization, Organizations, PortalLink } from '@scalegate/core/management'
import {
  type Check,
  definePlugin,
  managementClient,
  type OrganizationFeature,
  type Plugin,
  type Session,
  type Widget,
} from '@scalegate/core/plugin'
import { assertPermission, ownOrganization } from '../port/own-organization.js'
import { plainText } from '../port/plain-text.js'
import { createFeatureReader } from './features.js'
import { policyOf } from './session-policy.js'
import { settingsMenu } from './settings-menu.js'

export interface OrganizationsOptions {
  /** Seconds for which the features of an organization are remembered; 0 asks each time. @defaultValue 30 */
  readonly rememberFeatures?: number
}

/** A customer who comes on board. */
export interface OnboardingRequest extends NewOrganization {
  /** Switched on at once. @defaultValue `['sso']` */
  readonly features?: readonly OrganizationFeature[]
}

/** A customer who has come on board. */
export interface Onboarded {
  readonly organization: Organization
  /** Leads the customer's administrator into the admin portal; for one visit, within a minute. Never keep or log it. */
  readonly portalLink: PortalLink
}

/** `auth.organizations`. Helpers that take a session act in its organization, and ask its permissions. */
export interface OrganizationsApi {
  /**
   * The whole record, with the app's own `metadata` and `externalId`; the route leaves these out.
   *
   * @throws PluginError session_stale, no_organization, forbidden (`sk_org_settings_read`); ManagementError
   */
  own(session: Session): Promise<Organization>
  /** @throws PluginError session_stale, no_organization, forbidden (`sk_org_settings_manage`), text_invalid; ManagementError */
  rename(session: Session, displayName: string): Promise<Organization>
  /** The features that are on for the organization. @throws PluginError no_organization; ManagementError */
  features(session: Session): Promise<readonly OrganizationFeature[]>
  /** For `auth.require(…)`: lets people through whose organization has the feature. */
  hasFeature(feature: OrganizationFeature): Check
  /**
   * The hosted widgets this person sees, by permission and by feature (protocol.md §8). Their links bring the session at
   * Scalekit into the organization of this one first: a person of several may have another one open there.
   */
  settingsMenu(session: Session): Promise<readonly Widget[]>
  /**
   * Makes an organization, switches its features on and gives a link into its admin portal, for the app's own back office:
   * nobody's permissions are asked. With an `externalId` that exists it goes on where it stopped.
   */
  onboard(request: OnboardingRequest): Promise<Onboarded>
  /** Every organization of the environment, for the app's own back office: nobody's permissions are asked. */
  all(): Organizations
}

const manageable: readonly OrganizationFeature[] = ['sso', 'dir_sync']

/**
 * Organizations as a plugin: `GET` and `POST organization`, `GET` and `POST session-policy`, and the helpers above.
 *
 * @throws RangeError for a number of seconds that is none.
 */
export function organizations(options: OrganizationsOptions = {}): Plugin<'organizations', OrganizationsApi> {
  const { rememberFeatures = 30 } = options
  if (!(rememberFeatures >= 0 && rememberFeatures <= 3600))
    throw new RangeError('organizations({ rememberFeatures }) must be seconds from 0 to 3600.')
  return definePlugin({
    name: 'organizations',
    setUp(kit) {
      const scalekit = managementClient(kit)
      const features = createFeatureReader(kit, rememberFeatures)
      const api: OrganizationsApi = {
        async own(session) {
          const organizationId = ownOrganization(session)
          assertPermission(session, 'sk_org_settings_read')
          return scalekit().organizations.get(organizationId)
        },
        async rename(session, displayName) {
          const organizationId = ownOrganization(session)
          assertPermission(session, 'sk_org_settings_manage')
          const name = plainText('display_name', displayName, 200)
          const organization = await scalekit().organizations.update(organizationId, { displayName: name })
          kit.report('organization_renamed')
          return organization
        },
        features: async (session) => features.of(ownOrganization(session)),
        hasFeature: (feature) => ({
          name: `feature:${feature}`,
          allows: async ({ organizationId }) =>
            organizationId !== undefined && (await features.of(organizationId)).includes(feature),
        }),
        async settingsMenu(session) {
          return settingsMenu(session, { kit, features: await features.of(ownOrganization(session)) })
        },
        async onboard({ features: wanted = ['sso'], ...organization }) {
          const made = await madeOnce(scalekit().organizations, organization)
          const { id } = made
          const on = Object.fromEntries(wanted.map((feature) => [feature, true]))
          const updated = wanted.length === 0 ? made : await scalekit().organizations.setFeatures(id, on)
          features.forget(id)
          const modules = wanted.filter((feature) => manageable.includes(feature)) as ('sso' | 'dir_sync')[]
          const asked = modules.length === 0 ? {} : { features: modules }
          const portalLink = await scalekit().organizations.portalLink(id, asked)
          kit.report('organization_onboarded', { features: wanted.length })
          return { organization: updated, portalLink }
        },
        all: () => scalekit().organizations,
      }
      return {
        api,
        on: { 'organization.updated': ({ data, organizationId }) => features.forget(organizationId ?? data.id) },
        routes: {
          organization: {
            get: {
              requires: { permissions: ['sk_org_settings_read'] },
              answer: async ({ session }) => Response.json({ organization: shown(await api.own(session)) }),
            },
            post: {
              requires: { permissions: ['sk_org_settings_manage'], fresh: true },
              async answer(call) {
                const fields = await call.fields()
                const organization = await api.rename(call.session, fields.one('display_name') ?? '')
                return call.done({ organization: shown(organization) })
              },
            },
          },
          'session-policy': {
            get: {
              requires: { permissions: ['sk_org_session_policy_read'] },
              answer: async ({ session }) =>
                Response.json({ policy: await scalekit().organizations.getSessionPolicy(ownOrganization(session)) }),
            },
            post: {
              requires: { permissions: ['sk_org_session_policy_manage'], fresh: true },
              async answer(call) {
                const organizationId = ownOrganization(call.session)
                const policy = policyOf(await call.fields())
                const saved = await scalekit().organizations.setSessionPolicy(organizationId, policy)
                kit.report('session_policy_changed', { custom: policy.policySource === 'CUSTOM' })
                return call.done({ policy: saved })
              },
            },
          },
        },
      }
    },
  })
}

/** What its people may see: metadata and external id are the app's own. */
function shown({ id, displayName, slug, logoUrl, createTime, updateTime }: Organization): object {
  return { id, displayName, slug, logoUrl, createTime, updateTime }
}

/** The organization with this external id, made where there is none yet: onboarding may have broken off after it. */
async function madeOnce(organizations: Organizations, organization: NewOrganization): Promise<Organization> {
  const { externalId } = organization
  if (externalId === undefined) return organizations.create(organization)
  const listed = await organizations.list({ externalId }).page({ pageSize: 10 })
  const found = listed.items.find((each) => each.externalId === externalId)
  return found ?? organizations.create(organization)
}
