import {
  createRateLimit,
  definePlugin,
  type Fields,
  managementClient,
  type Plugin,
  PluginError,
  type Session,
} from '@scalegate/core/plugin'
import { assertPermission, ownOrganization } from '../port/own-organization.js'

/** What the portal can be opened for (protocol.md §9). */
export type PortalFeature = 'sso' | 'dir_sync'

export interface AdminPortalOptions {
  /** Links that one person may ask for within a minute. @defaultValue 20 */
  readonly linksPerMinute?: number
}

/** One visit to the admin portal. */
export interface PortalVisit {
  /** A credential: it opens the portal once, within a minute, for whoever has it. Never keep, log or cache it. */
  readonly location: string
  /** RFC 3339, where Scalekit says it. */
  readonly expiresAt?: string
  /** The origin of the portal, for `frame-src` and for checking its messages. */
  readonly environment: string
  readonly organizationId: string
}

/** `auth.adminPortal` */
export interface AdminPortalApi {
  /**
   * A new link into the portal of the session's organization. Without `features`, those this person may manage.
   *
   * @throws PluginError forbidden (403) without the permission to manage what is asked, session_stale, no_organization,
   * rate_limited;
   * ManagementError
   */
  link(session: Session, features?: readonly PortalFeature[]): Promise<PortalVisit>
  /** What this person may open the portal for; empty: show no portal. */
  featuresFor(session: Session): readonly PortalFeature[]
  /** The source to allow in `frame-src`, and no more than that: `https://acme.scalekit.com`. */
  frameSource(): string
}

const managedBy = { sso: 'sk_org_sso_manage', dir_sync: 'sk_org_scim_manage' } as const
const known = Object.keys(managedBy) as readonly PortalFeature[]

/**
 * The admin portal as a plugin: `POST admin-portal` with the field `features` (`sso`, `dir_sync`; both where there is none).
 * Programs get a {@link PortalVisit}; a form that a person posted is answered by a page that moves on to the portal.
 *
 * @throws RangeError for a number of links that is none.
 */
export function adminPortal(options: AdminPortalOptions = {}): Plugin<'adminPortal', AdminPortalApi> {
  const { linksPerMinute = 20 } = options
  if (!Number.isSafeInteger(linksPerMinute) || linksPerMinute < 1)
    throw new RangeError('adminPortal({ linksPerMinute }) must be a whole number, 1 or more.')
  return definePlugin({
    name: 'adminPortal',
    setUp(kit) {
      const scalekit = managementClient(kit)
      const count = createRateLimit(kit, { name: 'links', max: linksPerMinute, seconds: 60 })
      const api: AdminPortalApi = {
        featuresFor: ({ permissions }) => known.filter((feature) => permissions.includes(managedBy[feature])),
        frameSource: () => new URL(kit.settings().issuer).origin,
        async link(session, asked = api.featuresFor(session)) {
          const organizationId = ownOrganization(session)
          const features = permitted(session, asked)
          count(`${organizationId} ${session.user.id}`)
          const link = await scalekit().organizations.portalLink(organizationId, { features })
          kit.report('portal_link_made', { features: features.length })
          return {
            location: link.location,
            ...(link.expireTime === undefined ? {} : { expiresAt: link.expireTime }),
            environment: api.frameSource(),
            organizationId,
          }
        },
      }
      return {
        api,
        routes: {
          'admin-portal': {
            post: {
              // A link outlives by hours the permission it was made by.
              requires: { anyPermission: Object.values(managedBy), fresh: true },
              async answer(call) {
                const visit = await api.link(call.session, featuresOf(await call.fields()))
                if (!call.navigates) return call.done(visit)
                return call.leave({ href: visit.location, title: 'Opening the admin portal', label: 'Open the portal' })
              },
            },
          },
        },
      }
    },
  })
}

/** Undefined where none is named. @throws PluginError feature_unknown (400) */
function featuresOf(fields: Fields): readonly PortalFeature[] | undefined {
  const named = fields.all('features')
  const unknown = named.some((name) => !(known as readonly string[]).includes(name))
  if (unknown) {
    const title = 'The admin portal has no such feature.'
    throw new PluginError({ code: 'feature_unknown', status: 400, title, field: 'features' })
  }
  return named.length === 0 ? undefined : [...new Set(named as PortalFeature[])]
}

/** Before anything is asked of Scalekit (attack row 312). @throws PluginError session_stale (401), forbidden (403) */
function permitted(session: Session, features: readonly PortalFeature[]): readonly PortalFeature[] {
  if (features.length === 0) assertPermission(session, managedBy.sso)
  for (const feature of features) assertPermission(session, managedBy[feature])
  return features
}
