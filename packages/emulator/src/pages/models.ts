import type { SelfServeBoard } from './control-self-serve-models.js'

/**
 * What each page shows: plain data in, one HTML string out. Pages know nothing of the engine or of requests,
 * and every `action` is a path on the emulator that a form posts to (application/x-www-form-urlencoded).
 */

export interface Person {
  readonly id: string
  readonly name: string
  readonly email: string
  /** Names of the organizations this person is a member of. */
  readonly organizations: readonly string[]
}

/** Pick who signs in. Fields posted: `user` (a user id), or `email` (typed; unknown ones get an error, SSO domains go to the simulator). */
export interface LoginPage {
  readonly action: string
  readonly signUpPath: string
  readonly clientName: string
  readonly people: readonly Person[]
  readonly loginHint?: string
  /** Shown when the request asked for one organization, connection, domain or social provider. */
  readonly askedFor?: { readonly label: string; readonly value: string }
  readonly error?: string
  readonly cancelAction: string
}

/** Pick the organization. Field posted: `organization` (an organization id). */
export interface OrganizationPickerPage {
  readonly action: string
  readonly person: Person
  readonly organizations: readonly { readonly id: string; readonly name: string; readonly roles: readonly string[] }[]
  readonly cancelAction: string
}

/** A stand-in for the customer's identity provider. Fields posted: `email`, `given_name`, `family_name`, `outcome` (`success` or a Scalekit error code). */
export interface SsoSimulatorPage {
  readonly action: string
  readonly email: string
  readonly givenName: string
  readonly familyName: string
  readonly organizationName: string
  readonly connectionId: string
  /** Error codes that can be simulated, e.g. `access_denied`, `invalid_saml_response`. */
  readonly outcomes: readonly string[]
}

/** The customers' identity providers, to choose whose portal to open. */
export interface IdpPortalsPage {
  readonly portals: readonly {
    readonly path: string
    readonly organizationId: string
    readonly organizationName: string
    readonly domains: readonly string[]
  }[]
}

/** A portal: one tile for each app. Fields posted: `email`, `relay_state`, `client` (a client id, the tile). */
export interface IdpPortalPage {
  readonly action: string
  readonly signOutAction: string
  readonly portalsPath: string
  readonly organizationName: string
  readonly connectionId: string
  readonly email: string
  readonly relayState: string
  readonly apps: readonly { readonly id: string; readonly name: string; readonly initiateLoginUri: string }[]
  /** Who is signed in there in this browser. */
  readonly signedInAs?: string
  readonly error?: string
}

/** Accept an invitation. Fields posted: `given_name`, `family_name`, both only by people without an account. */
export interface InvitationPage {
  readonly action: string
  readonly cancelAction: string
  readonly clientName: string
  readonly organizationName: string
  readonly email: string
  readonly roles: readonly string[]
  /** What to suggest to somebody without an account. */
  readonly names?: { readonly given: string; readonly family: string }
}

/** Make an account and an organization. Fields posted: `email`, `given_name`, `family_name`, `organization_name`. */
export interface SignUpPage {
  readonly action: string
  readonly logInPath: string
  readonly values: {
    readonly email: string
    readonly givenName: string
    readonly familyName: string
    readonly organizationName: string
  }
  readonly error?: string
}

export interface Widget {
  readonly id: string
  readonly title: string
  readonly description: string
  /** `manage` and `view` are shown; `hidden` is listed with its reason below the shown ones, since this is an emulator. */
  readonly access: 'manage' | 'view' | 'hidden'
  /** Why, in one line: `sk_org_sso_read is missing`, `feature sso is off`, `granted by sk_org_users_read`. */
  readonly reason: string
  /** Path under `/ui/`. */
  readonly path: string
}

/** The hosted widgets at `/ui/`. The log-out form posts to `logoutAction` and ends the whole Scalekit session. */
export interface WidgetsPage {
  readonly person: Person
  readonly organization: {
    readonly id: string
    readonly name: string
    readonly roles: readonly string[]
    readonly features: readonly string[]
  }
  readonly widgets: readonly Widget[]
  /** The widget that is open; undefined on the start page. */
  readonly open?: Widget
  /** Facts listed inside the open widget: members, settings, sessions. */
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly logoutAction: string
}

/** Errors and plain notices: `invalid_redirect_uri`, logged out, no session at `/ui/`, not emulated. */
export interface NoticePage {
  readonly status: number
  readonly title: string
  readonly code?: string
  readonly detail: string
  readonly link?: { readonly href: string; readonly label: string }
}

/** `/_emulator`: see and steer everything. The page's own script calls the JSON control API and reloads. */
export interface ControlPage {
  readonly selfServe: SelfServeBoard
  readonly environmentUrl: string
  readonly clock: { readonly now: string; readonly offset: number }
  readonly settings: Readonly<Record<string, string | number | boolean>>
  readonly clients: readonly {
    readonly id: string
    readonly name: string
    readonly redirectUris: readonly string[]
    readonly backchannelLogoutUri?: string
    readonly initiateLoginUri?: string
  }[]
  readonly machines: readonly {
    readonly id: string
    readonly name: string
    readonly organizationName: string
    readonly scopes: readonly string[]
    readonly audience: readonly string[]
  }[]
  readonly organizations: readonly {
    readonly id: string
    readonly name: string
    readonly externalId?: string
    readonly features: readonly string[]
    /** Undefined where there is no connection to require. */
    readonly ssoRequired?: boolean
  }[]
  readonly invitations: {
    /** All roles that exist. */
    readonly roles: readonly string[]
    readonly rows: readonly {
      readonly path: string
      readonly email: string
      readonly organizationName: string
      readonly roles: readonly string[]
      readonly inviterEmail?: string
      /** How many mails were sent, the reminders included. */
      readonly mails: number
      readonly state: 'open' | 'accepted' | 'withdrawn' | 'expired'
    }[]
  }
  readonly members: readonly {
    readonly userId: string
    readonly name: string
    readonly email: string
    readonly organizationId: string
    readonly organizationName: string
    /** `ACTIVE`, or why somebody cannot enter. */
    readonly status: string
    readonly roles: readonly string[]
    /** All roles that exist, for the role menu. */
    readonly knownRoles: readonly string[]
  }[]
  readonly sessions: readonly {
    readonly id: string
    readonly userName: string
    readonly organizationName: string
    readonly startedAt: string
    readonly status: string
  }[]
  readonly faults: readonly {
    readonly id: string
    readonly endpoint: string
    readonly kind: string
    readonly remaining: number
  }[]
  readonly deliveries: readonly {
    readonly at: string
    readonly url: string
    readonly kind: string
    readonly status: string
  }[]
  readonly requests: readonly {
    readonly id: string
    readonly at: string
    readonly method: string
    readonly path: string
    readonly status: number
    /** `login`, `token: refresh_token`, `keys`, `widgets` … */
    readonly kind: string
    readonly durationMs: number
    readonly note?: string
  }[]
  readonly keys: readonly { readonly kid: string; readonly current: boolean }[]
  readonly webhooks: {
    /** Their addresses. */
    readonly endpoints: readonly string[]
    readonly eventTypes: readonly string[]
    readonly isPaused: boolean
    readonly deliveries: readonly {
      /** `webhook-id` */
      readonly id: string
      readonly type: string
      readonly url: string
      readonly state: string
      readonly attempts: number
      /** When the last attempt began. */
      readonly at?: string
      /** Its status or error. */
      readonly answer?: string
    }[]
  }
}
