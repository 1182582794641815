/**
 * For authors of plugins: the port, and what nearly every plugin needs. Apps import the plugins themselves, and the kit from
 * the package of their framework.
 *
 * @packageDocumentation
 */
export { isPluginError, PluginError, type PluginRefusal } from './errors/plugin-error.js'
export { isScalegateError, RequestError, ScalegateError, SessionError } from './errors/scalegate-error.js'
export { hasPermission } from './guards/permission.js'
export { type OrganizationFeature, type Widget, type WidgetId, widgetsFor } from './guards/widgets.js'
export { managementClient } from './management/plugin-client.js'
export type { Check, Requirement } from './model/requirement.js'
export type { Session } from './model/session.js'
export type { WebhookEvent, WebhookHandlers } from './model/webhook-events.js'
export {
  definePlugin,
  type Fields,
  type OpenPluginCall,
  type Plugin,
  type PluginApis,
  type PluginCall,
  type PluginEndpoint,
  type PluginKit,
  type PluginParts,
  type PluginRoute,
  type PluginSettings,
  type SharedTexts,
} from './options/plugin.js'
export { createExpiringMap, type ExpiringMap } from './state/expiring-map.js'
export { createRateLimit, type RateLimitRules } from './state/rate-limit.js'
export { createTurns, type Turns } from './state/turns.js'
