import type { Browser, Page } from './http/browser.js'

/** An app that is to be known to the provider, each as a client of its own. */
export interface Registration {
  readonly id: string
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  readonly initiateLoginUri: string
  /** By the socket of the app: the provider does not go through a browser. */
  readonly backchannelLogoutUri: string
  /** By the socket, too. */
  readonly webhookUri: string
  readonly webhookSecrets: readonly string[]
}

/**
 * Who exists.
 *
 * - `admin`: role `admin`, every `sk_org_…` permission, `projects:read`
 * - `member`: role `member`; `sk_org_settings_read`, `sk_org_users_read`, `projects:read`
 * - `guest`: role `guest`; `projects:read` alone
 * - `bulky`: as `admin`, in an organization of its own, with claims that make the session longer than one cookie; also a
 *   member of the organization of `admin`, for logins that ask for it
 *
 * A login that asks for an organization somebody is no member of ends in their own one.
 */
export type PersonName = 'admin' | 'member' | 'guest' | 'bulky'
export const personNames: readonly PersonName[] = ['admin', 'member', 'guest', 'bulky']

export interface Person {
  /** `sub` */
  readonly subject: string
  /** `oid` */
  readonly organizationId: string
}

/** A request that the provider has received. */
export interface ProviderRequest {
  readonly kind: 'authorize' | 'token' | 'keys' | 'discovery' | 'logout' | 'other'
  readonly grantType?: string
}

/** How the token endpoint goes wrong, until told otherwise. */
export type TokenFault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The connection is closed before anything is processed. */
  | { readonly kind: 'drop' }
  /** Processed after so many seconds. */
  | { readonly kind: 'delay'; readonly seconds: number }

export interface LogoutTokenRequest {
  /** Id of the registration whose client is the audience. */
  readonly app: string
  readonly sid?: string
  readonly sub?: string
  /** Claims to replace; null leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export interface IdpInitiatedLoginRequest {
  /** Id of the registration whose login is started. */
  readonly app: string
  readonly person: PersonName
  /** Not that of the person, for logins that end in another one. */
  readonly organizationId?: string
  readonly relayState?: string
  /** Claims to replace; null leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** An event for an app, by what it is about. */
export interface EventRequest {
  readonly app: string
  readonly type: string
  readonly person: PersonName
}

/** Who keeps people and sessions: the provider, or the apps, for which it then only brokers the logins of organizations. */
export type Product = 'full_stack_auth' | 'modular_sso'

/** The OpenID Provider as the audits use it: for people through its pages, as a witness, and to be told to misbehave. */
export interface RunningProvider {
  /** The issuer. */
  readonly issuer: string
  /** Variables that apps of this provider need beside the usual ones, e.g. `AUDIT_ENDPOINTS=discovery`. */
  readonly env: Readonly<Record<string, string>>
  /** True where the app learns that each authorization response carries `iss` (RFC 9207 §3). */
  readonly promisesIss: boolean
  /** Seconds that an access token lives. */
  readonly accessTokenLifetime: number
  readonly people: Readonly<Record<PersonName, Person>>
  clientOf(app: string): { readonly id: string; readonly secret: string }
  /** Answers one of the provider's pages as this person; gives what came back. */
  answer(browser: Browser, page: Page, person: PersonName): Promise<Page>
  /** What it was asked since `forget()`, oldest first. */
  requests(): Promise<readonly ProviderRequest[]>
  forget(): Promise<void>
  fault(fault: TokenFault): Promise<void>
  clearFaults(): Promise<void>
  /** Signs a logout token with the provider's own key. */
  logoutToken(input: LogoutTokenRequest): Promise<string>
  /** Ends a session and tells the app by back-channel logout; gives the status of the app's answer. */
  endSession(input: { readonly app: string; readonly sid: string; readonly sub: string }): Promise<number>
  /** Signs any claims with the provider's own key, as an access token unless the header says otherwise. */
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
  /** An access token of a machine client, for `AUDIT_API_AUDIENCE` and with the scope `projects:read`. */
  machineToken(): Promise<string>
  /** The token of an IdP-initiated login, from the provider or signed with its key. */
  idpInitiatedLogin(input: IdpInitiatedLoginRequest): Promise<string>
  /** From now on a person has the roles and permissions of another one; the apps hear nothing of it. */
  become(person: PersonName, role: PersonName): Promise<void>
  /**
   * Sends an event of its own making, in its own way; gives the status of the app's answer. Rejects with `NotApplicable`
   * where the provider has no events.
   */
  sendEvent(input: EventRequest): Promise<number>
  /** What it is from now on, for logins that begin then. Rejects with `NotApplicable` where there is no such product. */
  switchTo(product: Product): Promise<void>
  /** Moves the provider's clock ahead. */
  pass(seconds: number): Promise<void>
  stop(): Promise<void>
}

export interface AuditProvider {
  readonly name: string
  start(apps: readonly Registration[]): Promise<RunningProvider>
}
