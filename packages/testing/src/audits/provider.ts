import type { Browser, Page } from './http/browser.js'

/** An app that is to be known to the provider, each as a client of its own. */
export interface Registration {
  readonly id: string
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  /** By the socket of the app: the provider does not go through a browser. */
  readonly backchannelLogoutUri: string
}

/**
 * Who exists.
 *
 * - `admin`: role `admin`, every `sk_org_…` permission, `projects:read`
 * - `member`: role `member`; `sk_org_settings_read`, `sk_org_users_read`, `projects:read`
 * - `guest`: role `guest`; `projects:read` alone
 * - `bulky`: as `admin`, in an organization of its own, with claims that make the session longer than one cookie
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
  /** Moves the provider's clock ahead. */
  pass(seconds: number): Promise<void>
  stop(): Promise<void>
}

export interface AuditProvider {
  readonly name: string
  start(apps: readonly Registration[]): Promise<RunningProvider>
}
