/**
 * A local stand-in for Scalekit: hosted login, organizations, widgets and back-channel logout on `localhost`, with a
 * control API to steer it. For development and tests only; independent of Scalekit and not affiliated with it.
 *
 * @example
 * ```ts
 * import { startEmulator } from '@scalegate/emulator'
 *
 * const emulator = await startEmulator({ port: 0 })
 * process.env.SCALEKIT_ENVIRONMENT_URL = emulator.environmentUrl
 * await emulator.stop()
 * ```
 *
 * @packageDocumentation
 */
export { type Control, ControlError, createControl } from './control/client.js'
export type {
  ConnectionControl,
  DirectoryControl,
  DomainControl,
  PortalControl,
  SelfServeControl,
} from './control/self-serve-client.js'
export type {
  ConnectionInput,
  ConnectionState,
  DirectoryGroupInput,
  DirectoryInput,
  DirectoryState,
  DirectoryUserInput,
  DirectoryUserPatch,
  DomainInput,
  DomainState,
  MadeDirectory,
  PortalLinkInput,
  PortalLinkState,
  PortalSessionState,
  SelfServeState,
} from './control/self-serve-wire.js'
export type {
  ClockInput,
  EmulatorState,
  IdpInitiatedLoginInput,
  InitiateLoginInput,
  InvitationInput,
  LoggedDelivery,
  LoggedRequest,
  LogoutTokenInput,
  SessionState,
  TokenInput,
} from './control/wire.js'
export { DEFAULT_PORT, type Emulator, type EmulatorOptions, startEmulator } from './emulator.js'
export type { Claims, JwsAlgorithm } from './jws.js'
export { defaultSeed } from './seed/default.js'
export type {
  Feature,
  Seed,
  SeedClient,
  SeedMachine,
  SeedMembership,
  SeedOrganization,
  SeedRole,
  SeedUser,
} from './seed/types.js'
export { defaultSettings, type LogoutTokenSettings, type Settings, type SettingsPatch } from './settings.js'
export type { ConnectionProvider, ConnectionType } from './state/connections.js'
export type { DirectoryProvider, RoleAssignment } from './state/directories.js'
export type { ClientPatch } from './state/directory.js'
export type { DomainType } from './state/domains.js'
export type { Endpoint, Fault, FaultInput, FaultKind } from './state/faults.js'
export type { Invitation } from './state/invitations.js'
export type { PortalFeature } from './state/portal-links.js'
export type { SessionStatus } from './state/sessions.js'
export type { TokenMutation, TokenResponseMutation } from './state/token-mutations.js'
export {
  defaultWebhookSecret,
  type QueueOrder,
  type RegisteredEndpoint,
  type WebhookAttempt,
  type WebhookControl,
  type WebhookDelivery,
  type WebhookDeliveryState,
  type WebhookEndpoint,
  type WebhookEvent,
  type WebhookEventType,
  type WebhookInput,
  webhookEventTypes,
} from './webhooks/index.js'
