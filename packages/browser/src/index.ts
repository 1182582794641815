/**
 * Scalekit's admin portal as a custom element. The import registers it; on a server it does nothing.
 *
 * ```html
 * <script type="module">import '@scalegate/browser'</script>
 * <scalekit-admin-portal src="/auth/admin-portal" features="sso dir_sync"></scalekit-admin-portal>
 * ```
 *
 * @packageDocumentation
 */
import { defineAdminPortal } from './portal/admin-portal-element.js'

export { AdminPortalError, type AdminPortalErrorCode } from './admin-portal-error.js'
export { AdminPortalElement, type AdminPortalState } from './portal/admin-portal-element.js'
export type {
  AdminPortalEventMap,
  PortalConnection,
  PortalDirectory,
  PortalEvent,
  PortalEventBase,
  PortalFields,
  PortalSession,
} from './portal/portal-event.js'

defineAdminPortal()
