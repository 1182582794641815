import { LoginError } from '../errors/scalegate-error.js'
import type { Endpoints } from './endpoints.js'

/** What steers the provider to an organization, a connection or a page of its own (Scalekit's names in camel case). */
export interface AuthorizationSelectors {
  readonly organizationId?: string
  readonly connectionId?: string
  /** Sent as `domain` and as `domain_hint`: the documents name the first, Scalekit's own SDK sends both. */
  readonly domain?: string
  readonly loginHint?: string
  readonly provider?: string
  readonly prompt?: 'login' | 'create' | 'select_account' | 'consent' | 'none'
}

/** Selectors by their wire names: the query parameters that a login address may carry. */
const selectorNames = {
  organization_id: 'organizationId',
  connection_id: 'connectionId',
  domain: 'domain',
  login_hint: 'loginHint',
  provider: 'provider',
  prompt: 'prompt',
} as const satisfies Record<string, keyof AuthorizationSelectors>

/**
 * The documented values; anything else would only earn an error page at the provider. `consent` is a value of OIDC
 * Core §3.1.2.1 that only Scalekit's SDK mentions; other providers give no refresh token without it (§11).
 */
const knownValues: Readonly<Partial<Record<string, readonly string[]>>> = {
  provider: ['google', 'microsoft', 'github', 'gitlab', 'linkedin', 'salesforce'],
  prompt: ['login', 'create', 'select_account', 'consent', 'none'],
}

/**
 * Parameters that only the kit sets, or that could replace those it sets (RFC 6749, RFC 7636, OIDC Core §3.1.2.1
 * and §6): never taken from a query, whatever the app allows to be forwarded.
 */
export const reservedParameters: ReadonlySet<string> = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'code',
  'grant_type',
  'request',
  'request_uri',
  'registration',
  'claims',
  'id_token_hint',
  'domain_hint',
  // Of OIDC Core §3.1.2.1 and other registered extensions: who may ask for them is the app, not a link.
  'display',
  'screen_hint',
  'max_age',
  'ui_locales',
  'claims_locales',
  'acr_values',
  'resource',
  'audience',
  'authorization_details',
  'dpop_jkt',
  'id_token',
  'access_token',
  'refresh_token',
  'token',
  'client_assertion',
  'client_assertion_type',
  'web_message_uri',
  // Of an answer, or of the login route itself.
  'iss',
  'session_state',
  'error',
  'error_description',
  'error_uri',
  'idp_initiated_login',
  'relay_state',
  'target_link_uri',
  'return_to',
  // What other kits call it: a path of the app is nothing for the provider (attack row 37).
  'returnto',
  'return_url',
  'redirect',
  'redirect_to',
  'redirect_url',
  'callbackurl',
  'next',
])

const maxLength = 512
const maxAddress = 8192
/** What campaigns add to links: nothing for the provider, and no reason for a login. */
const tracking = /^(?:utm_|mc_|hsa_)|^(?:gclid|dclid|fbclid|msclkid|_hs\w+)$/i
/** How many parameters of nobody's making are passed on. */
const maxForwarded = 10

/**
 * The selectors and forwarded parameters in the query of a login address. Everything else is left behind. The names of
 * invitation parameters are not documented (protocol.md §5), so `unreserved` takes every plain name that no standard uses.
 *
 * @throws {@link LoginError} request_invalid for a parameter given twice, as `name[]`, or with over 512 characters.
 */
export function selectorsFromQuery(
  query: URLSearchParams,
  forward: 'unreserved' | readonly string[],
): { readonly selectors: AuthorizationSelectors; readonly extra: Readonly<Record<string, string>> } {
  const selectors: Partial<Record<keyof AuthorizationSelectors, string>> = {}
  const extra: Record<string, string> = Object.create(null)
  for (const [name, selector] of Object.entries(selectorNames)) {
    const value = readParameter(query, name)
    if (value !== undefined && (knownValues[name]?.includes(value) ?? true)) selectors[selector] = value
  }
  for (const name of forward === 'unreserved' ? unreservedNames(query) : forward) {
    // Not by a name that is anybody's word: it ends in events.
    const reason = forward === 'unreserved' ? 'forwarded' : name
    const value = isOurs(name) ? undefined : readParameter(query, name, reason)
    if (value !== undefined) extra[name] = value
  }
  return { selectors: selectors as AuthorizationSelectors, extra }
}

/**
 * The address that starts a login at the provider (RFC 6749 §4.1.1, RFC 7636 §4.3, OIDC Core §3.1.2.1).
 *
 * @throws {@link LoginError} request_invalid when selectors and extra parameters make it longer than 8 KB, which is
 * what servers and proxies on the way commonly refuse.
 */
export function createAuthorizationUrl(
  endpoints: Pick<Endpoints, 'authorization'>,
  request: {
    readonly clientId: string
    readonly redirectUri: string
    readonly scopes: readonly string[]
    readonly state: string
    readonly nonce: string
    readonly codeChallenge: string
    readonly selectors: AuthorizationSelectors
    readonly extra: Readonly<Record<string, string>>
  },
): URL {
  const url = new URL(endpoints.authorization)
  const { searchParams } = url
  for (const [name, value] of Object.entries(request.extra)) if (!isOurs(name)) searchParams.set(name, value)
  for (const [name, selector] of Object.entries(selectorNames)) {
    const value = request.selectors[selector]
    if (value !== undefined) searchParams.set(name, value)
  }
  if (request.selectors.domain !== undefined) searchParams.set('domain_hint', request.selectors.domain)
  searchParams.set('response_type', 'code')
  searchParams.set('client_id', request.clientId)
  searchParams.set('redirect_uri', request.redirectUri)
  searchParams.set('scope', request.scopes.join(' '))
  searchParams.set('state', request.state)
  searchParams.set('nonce', request.nonce)
  searchParams.set('code_challenge', request.codeChallenge)
  searchParams.set('code_challenge_method', 'S256')
  if (url.href.length > maxAddress) throw new LoginError('request_invalid', 'too_long')
  return url
}

function unreservedNames(query: URLSearchParams): readonly string[] {
  const plain = [...new Set(query.keys())].filter((name) => /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name))
  return plain.filter((name) => !isOurs(name) && !tracking.test(name)).slice(0, maxForwarded)
}

function isOurs(name: string): boolean {
  // In any case: whoever reads them may fold it.
  return reservedParameters.has(name.toLowerCase()) || Object.hasOwn(selectorNames, name)
}

/**
 * One parameter of a query, or undefined where it is absent, empty or holds control characters. `reason` names it in the
 * error.
 *
 * @throws {@link LoginError} request_invalid for a parameter given twice, as `name[]`, or with over 512 characters.
 */
export function readParameter(query: URLSearchParams, name: string, reason = name): string | undefined {
  // `name[]=` and `name[0]=` are how some parsers spell a list: two of them behind one address would disagree.
  if ([...query.keys()].some((key) => key.startsWith(`${name}[`))) throw new LoginError('request_invalid', reason)
  const [value, ...others] = query.getAll(name)
  if (others.length > 0) throw new LoginError('request_invalid', reason)
  // Without a value a parameter counts as omitted (RFC 6749 §3.1).
  if (value === undefined || value === '') return undefined
  if (value.length > maxLength) throw new LoginError('request_invalid', reason)
  return /\p{Cc}/u.test(value) ? undefined : value
}
