import { flag, listOf, nullable, number, object, oneOf, read, text } from './shape.js'

/** How logout tokens are made and sent. Scalekit documents none of it, so every reading is a switch. */
export interface LogoutTokenSettings {
  /** Carry `sid` (OIDC Back-Channel Logout 1.0 §2.4). */
  readonly sid: boolean
  /** Carry `sub`. */
  readonly sub: boolean
  /** Carry `exp`, 120 seconds ahead; early drafts had none. */
  readonly exp: boolean
  /** The header `typ`; `null` leaves it out. */
  readonly typ: 'logout+jwt' | null
  /** Send `{"logout_token": …}` as JSON instead of a form. */
  readonly json: boolean
  /** Further tries after a failed delivery, one second apart. */
  readonly retries: number
}

/** What can be steered while the emulator runs. Durations are seconds. */
export interface Settings {
  /** Who keeps users and sessions: Scalekit, or the app, for which Scalekit is then a broker of SSO connections only. */
  readonly product: 'full-stack-auth' | 'modular-sso'
  readonly accessTokenLifetime: number
  readonly idTokenLifetime: number
  /** Lifetime of tokens from `client_credentials`. */
  readonly clientCredentialsLifetime: number
  /** Lifetime of an authorization code. */
  readonly codeLifetime: number
  /** `aud` of the access token; `null` means `[clientId]`. */
  readonly accessTokenAudience: readonly string[] | null
  /** Put the `sk_*` permissions into the access token. Undocumented at Scalekit: the REST API always has them. */
  readonly skInToken: boolean
  /** Answer a refresh with a new ID token. Scalekit's pages contradict each other. */
  readonly idTokenOnRefresh: boolean
  /** Say in the ID token when the person authenticated: `auth_time`. Scalekit does not document it. */
  readonly authTime: boolean
  /** Add `iss` to the authorization response (RFC 9207) and promise it in discovery. */
  readonly issInResponse: boolean
  /** Accept every loopback redirect and post-logout URI, registered or not. */
  readonly anyLoopbackRedirectUri: boolean
  /** Refuse authorization requests without `code_challenge` (the per-app toggle "Enforce PKCE"). */
  readonly requirePkce: boolean
  /** A rotated refresh token still works for this long. */
  readonly refreshGrace: number
  /** Re-use of a rotated refresh token (after the grace) ends the whole grant. */
  readonly revokeFamilyOnReuse: boolean
  /** Lifetime of a Scalekit session from its start. */
  readonly sessionAbsolute: number
  /** Lifetime of a Scalekit session from its last activity. */
  readonly sessionIdle: number
  /**
   * What becomes of somebody who is no member of the organization that was asked for: `access_denied`, or a login to
   * one of their own. Undocumented, so an app has to compare `oid`.
   */
  readonly foreignOrganization: 'error' | 'other'
  /** `iss` of `idp_initiated_login`: the environment, or the app's origin, as Scalekit's sample has it. */
  readonly idpInitiatedIssuer: 'environment' | 'app'
  /** An invitation link tells the app the organization, too. Its parameters have no documented names. */
  readonly invitationNamesOrganization: boolean
  /**
   * An update of a membership without roles leaves them as they are. By default it takes them away: protobuf cannot
   * tell a missing list from an empty one.
   */
  readonly membershipUpdateKeepsRoles: boolean
  readonly logoutToken: LogoutTokenSettings
  /** Multiplies the waits between attempts to deliver a webhook: 5 s, 30 s, 2 min, 5 min, 15 min. 0 is at once. */
  readonly webhookRetryScale: number
  /** Post every webhook twice at the same time, as a sender that promises "at least once" may. */
  readonly webhookDuplicates: boolean
  /** Queue webhooks until they are resumed. */
  readonly webhooksPaused: boolean
  /** `status` in `user.logout`. Scalekit's sample still says `ACTIVE`, with `logout_at` null. */
  readonly webhookLogoutStatus: 'ACTIVE' | 'LOGGED_OUT'
  /** How the admin portal speaks: by `event_type`, as documented, or by the `type` of an older sample. */
  readonly portalEvents: 'event_type' | 'type'
}

/** Any subset of {@link Settings}, also inside `logoutToken`. */
export type SettingsPatch = Partial<Omit<Settings, 'logoutToken'>> & {
  readonly logoutToken?: Partial<LogoutTokenSettings>
}

const DAY = 86_400

/** What holds at the start and after a reset. */
export const defaultSettings: Settings = {
  product: 'full-stack-auth',
  accessTokenLifetime: 299,
  idTokenLifetime: 1800,
  clientCredentialsLifetime: 86_399,
  codeLifetime: 600,
  accessTokenAudience: null,
  skInToken: true,
  idTokenOnRefresh: true,
  authTime: true,
  issInResponse: true,
  anyLoopbackRedirectUri: true,
  requirePkce: false,
  refreshGrace: 0,
  revokeFamilyOnReuse: false,
  sessionAbsolute: 30 * DAY,
  sessionIdle: 7 * DAY,
  foreignOrganization: 'error',
  idpInitiatedIssuer: 'environment',
  invitationNamesOrganization: true,
  membershipUpdateKeepsRoles: false,
  logoutToken: { sid: true, sub: true, exp: true, typ: 'logout+jwt', json: false, retries: 0 },
  webhookRetryScale: 1,
  webhookDuplicates: false,
  webhooksPaused: false,
  webhookLogoutStatus: 'ACTIVE',
  portalEvents: 'event_type',
}

/** Settings that are one of a few words. */
export const settingChoices = {
  product: ['full-stack-auth', 'modular-sso'],
  foreignOrganization: ['error', 'other'],
  idpInitiatedIssuer: ['environment', 'app'],
  webhookLogoutStatus: ['ACTIVE', 'LOGGED_OUT'],
  portalEvents: ['event_type', 'type'],
} as const

const patchShape = object(
  {},
  {
    product: oneOf(...settingChoices.product),
    accessTokenLifetime: number(1),
    idTokenLifetime: number(1),
    clientCredentialsLifetime: number(1),
    codeLifetime: number(1),
    accessTokenAudience: nullable(listOf(text)),
    skInToken: flag,
    idTokenOnRefresh: flag,
    authTime: flag,
    issInResponse: flag,
    anyLoopbackRedirectUri: flag,
    requirePkce: flag,
    refreshGrace: number(0),
    revokeFamilyOnReuse: flag,
    sessionAbsolute: number(1),
    sessionIdle: number(1),
    foreignOrganization: oneOf(...settingChoices.foreignOrganization),
    idpInitiatedIssuer: oneOf(...settingChoices.idpInitiatedIssuer),
    invitationNamesOrganization: flag,
    membershipUpdateKeepsRoles: flag,
    logoutToken: object(
      {},
      { sid: flag, sub: flag, exp: flag, typ: oneOf('logout+jwt', null), json: flag, retries: number(0) },
    ),
    webhookRetryScale: number(0),
    webhookDuplicates: flag,
    webhooksPaused: flag,
    webhookLogoutStatus: oneOf(...settingChoices.webhookLogoutStatus),
    portalEvents: oneOf(...settingChoices.portalEvents),
  },
)

/**
 * Reads a subset of the settings from outside.
 *
 * @throws ShapeError naming the member that is unknown or has the wrong type.
 */
export function parseSettings(value: unknown): SettingsPatch {
  return read(patchShape, value)
}

/** `settings` with the members of `patch` replaced. */
export function applySettings(settings: Settings, patch: SettingsPatch): Settings {
  return { ...settings, ...patch, logoutToken: { ...settings.logoutToken, ...patch.logoutToken } }
}
