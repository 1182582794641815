/**
 * The kit without a framework. Most apps use `@scalegate/express`, which passes everything of this package on;
 * adapters are written against {@link createScalegate}.
 *
 * @packageDocumentation
 */
export { plugInto } from './auth/plugged-in.js'
export { createScalegate, type Scalegate } from './auth/scalegate.js'
export type {
  AccessTokenOptions,
  AuthContext,
  Authorization,
  ContextOptions,
} from './context/auth-context.js'
export { type CollectingJar, type CookieAttributes, type CookieJar, collectingJar } from './cookies/cookie-jar.js'
export { parseCookies } from './cookies/parse-cookies.js'
export { serializeCookie } from './cookies/serialize-cookie.js'
export { type ErrorCode, errorCodes } from './errors/error-codes.js'
export {
  ConfigurationError,
  type ConfigurationProblem,
  isOutage,
  isScalegateError,
  LoginError,
  ProviderError,
  RefreshError,
  RequestError,
  ScalegateError,
  SessionError,
  TokenError,
} from './errors/scalegate-error.js'
export type { BearerAuthorization } from './guards/bearer.js'
export { type BearerRequirement, bearerRequirement } from './guards/bearer-requirement.js'
export type { Answers } from './guards/refusal.js'
export { type Requirement, requirement } from './guards/requirement.js'
export type { OrganizationFeature, Widget, WidgetId } from './guards/widgets.js'
export { applyPrivateCaching, isCachingHeader } from './http/cache-headers.js'
export type { IncomingRequest } from './http/incoming-request.js'
export type { Caller } from './model/caller.js'
export type {
  AnonymousReason,
  LoginInitiator,
  RevocationScope,
  ScalegateEvent,
  ScalegateEventType,
  SessionsEndedBy,
} from './model/events.js'
export type { AppPermission, CheckedPermission, Claims, Permission, Register, Role } from './model/register.js'
export type { Check } from './model/requirement.js'
export { type ScalekitPermission, scalekitPermissions } from './model/scalekit-permissions.js'
export type { Session, User } from './model/session.js'
export type {
  WebhookConnection,
  WebhookDevice,
  WebhookDirectory,
  WebhookDirectoryGroup,
  WebhookDirectoryUser,
  WebhookDomain,
  WebhookExternalIdentity,
  WebhookMembership,
  WebhookOrganization,
  WebhookPermission,
  WebhookRole,
  WebhookUser,
  WebhookUserProfile,
  WebhookUserSession,
  WebhookVisit,
} from './model/webhook-data.js'
export type {
  UnknownWebhookEvent,
  WebhookEvent,
  WebhookEventType,
  WebhookHandlers,
} from './model/webhook-events.js'
export type { Clock } from './options/clock.js'
export type { DeliveryStore } from './options/delivery-store.js'
export { type Environment, environmentNames, processEnvironment } from './options/environment.js'
export type { Plugin, PluginApis } from './options/plugin.js'
export type {
  CompletedLogin,
  EndedSessions,
  ErrorPageModel,
  LoginHookResult,
  LoginOptions,
  LogoutOptions,
  LogoutTokenOptions,
  PermissionRequest,
  PermissionSource,
  RoutePaths,
  ScalegateOptions,
  SessionOptions,
  TimeoutOptions,
  TransactionOptions,
  WebhookOptions,
} from './options/scalegate-options.js'
export { hasEnded, type KeptSession } from './revocation/has-ended.js'
export type { LogoutCall } from './session/end-session.js'
export { permissionsFromApi } from './session/permissions-from-api.js'
