/**
 * Links into the admin portal for the caller's own organization, for `<scalekit-admin-portal>` of `@scalegate/browser` and for
 * a plain form.
 *
 * @packageDocumentation
 */
export {
  type AdminPortalApi,
  type AdminPortalOptions,
  adminPortal,
  type PortalFeature,
  type PortalVisit,
} from './admin-portal/admin-portal.js'
