import type { Feature } from '../seed/types.js'
import type { Settings, SettingsPatch } from '../settings.js'
import type { ClientPatch } from '../state/directory.js'
import type { FaultInput } from '../state/faults.js'
import type { TokenResponseMutation } from '../state/token-mutations.js'
import { type WebhookControl, webhookControl } from '../webhooks/client.js'
import { type SelfServeControl, selfServeControl } from './self-serve-client.js'
import type {
  ClockInput,
  EmulatorState,
  IdpInitiatedLoginInput,
  InitiateLoginInput,
  InvitationInput,
  LoggedDelivery,
  LoggedRequest,
  LogoutTokenInput,
  TokenInput,
} from './wire.js'

/** The control API refused a call; the message says which and why. */
export class ControlError extends Error {
  /** The HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ControlError'
    this.status = status
  }
}

/**
 * Steers a running emulator over its HTTP control API.
 *
 * Every method rejects with {@link ControlError} when the emulator refuses (400 for a wrong value, 404 for something
 * that does not exist).
 */
export interface Control extends SelfServeControl {
  state(): Promise<EmulatorState>
  /** What the emulator was asked, oldest first; `since` is an id. */
  requests(since?: number): Promise<readonly LoggedRequest[]>
  clearRequests(): Promise<void>
  /** Back-channel logout requests that the emulator sent. */
  deliveries(): Promise<readonly LoggedDelivery[]>
  clearDeliveries(): Promise<void>
  /** Back to the seed; keys stay. */
  reset(): Promise<void>
  /** Changes some settings until the next reset. */
  settings(patch: SettingsPatch): Promise<Settings>
  /** Moves the emulator's clock; sessions that are over by then end at once. */
  clock(input: ClockInput): Promise<{ readonly now: number; readonly offset: number }>
  /** Signs with a new key. `none` withdraws the old ones. */
  rotateKeys(keep: 'old' | 'none'): Promise<EmulatorState['keys']>
  /** Ends a Scalekit session; with `notify: false` the apps hear nothing. */
  revokeSession(sid: string, options?: { readonly notify?: boolean }): Promise<void>
  setMember(organizationId: string, userId: string, roles: readonly string[]): Promise<void>
  removeMember(organizationId: string, userId: string): Promise<void>
  setFeatures(organizationId: string, features: Partial<Record<Feature, boolean>>): Promise<void>
  /** Lets nobody enter an organization but through its SSO connection. */
  setSsoRequired(organizationId: string, required: boolean): Promise<void>
  updateClient(clientId: string, patch: ClientPatch): Promise<void>
  /** The link that an identity provider's portal leads to, and the token in it. */
  idpInitiatedLogin(input: IdpInitiatedLoginInput): Promise<{ readonly url: string; readonly token: string }>
  /** A client's initiate login URI, with what Scalekit may add to it. */
  initiateLogin(input?: InitiateLoginInput): Promise<string>
  /** Invites somebody; gives the link of the e-mail. */
  invite(input: InvitationInput): Promise<string>
  /** Lets later requests go wrong. */
  addFault(fault: FaultInput): Promise<string>
  removeFault(id: string): Promise<void>
  clearFaults(): Promise<void>
  /** Signs a logout token, and sends it when asked to. */
  logoutToken(input: LogoutTokenInput): Promise<{ readonly logout_token: string; readonly delivery?: LoggedDelivery }>
  /** Signs any claims with the environment's current key. */
  token(input: TokenInput): Promise<string>
  /** Spoils the next token response. */
  nextTokenResponse(mutation: TokenResponseMutation): Promise<void>
  /** Events for the app: where they go, what was sent, and sending any of them. */
  readonly webhooks: WebhookControl
}

/** A client for the emulator at this address. */
export function createControl(url: string): Control {
  const call = caller(url)
  const path = (...parts: readonly string[]) => parts.map(encodeURIComponent).join('/')
  return {
    state: () => call('GET', 'state'),
    requests: async (since = 0) =>
      (await call<{ requests: LoggedRequest[] }>('GET', `requests?since=${since}`)).requests,
    clearRequests: () => call('DELETE', 'requests'),
    deliveries: async () => (await call<{ deliveries: LoggedDelivery[] }>('GET', 'deliveries')).deliveries,
    clearDeliveries: () => call('DELETE', 'deliveries'),
    reset: () => call('POST', 'reset', {}),
    settings: async (patch) => (await call<{ settings: Settings }>('PATCH', 'settings', patch)).settings,
    clock: async (input) => (await call<{ clock: EmulatorState['clock'] }>('PUT', 'clock', input)).clock,
    rotateKeys: async (keep) => (await call<{ keys: EmulatorState['keys'] }>('POST', 'keys/rotate', { keep })).keys,
    revokeSession: async (sid, options = {}) => void (await call('POST', path('sessions', sid, 'revoke'), options)),
    setMember: (organizationId, userId, roles) =>
      call('PUT', path('organizations', organizationId, 'members', userId), { roles }),
    removeMember: (organizationId, userId) => call('DELETE', path('organizations', organizationId, 'members', userId)),
    setFeatures: (organizationId, features) => call('PUT', path('organizations', organizationId, 'features'), features),
    setSsoRequired: (organizationId, required) =>
      call('PUT', path('organizations', organizationId, 'sso-required'), { required }),
    idpInitiatedLogin: (input) => call('POST', 'idp-initiated-logins', input),
    initiateLogin: async (input = {}) => (await call<{ url: string }>('POST', 'initiate-logins', input)).url,
    invite: async (input) => (await call<{ url: string }>('POST', 'invitations', input)).url,
    updateClient: (clientId, patch) => call('PUT', path('clients', clientId), patch),
    addFault: async (fault) => (await call<{ id: string }>('POST', 'faults', fault)).id,
    removeFault: (id) => call('DELETE', path('faults', id)),
    clearFaults: () => call('DELETE', 'faults'),
    logoutToken: (input) => call('POST', 'logout-tokens', input),
    token: async (input) => (await call<{ token: string }>('POST', 'tokens', input)).token,
    nextTokenResponse: (mutation) => call('POST', 'next-token-response', mutation),
    webhooks: webhookControl(call),
    ...selfServeControl(call),
  }
}

type Call = <T = void>(method: string, path: string, body?: unknown) => Promise<T>

function caller(url: string): Call {
  return async <T>(method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/_emulator/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new ControlError(response.status, `${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}
