import type { Emulator } from '../index.js'
import { Browser } from './browser.js'
import { redirectUri } from './emulator.js'

export type Params = Record<string, string>

/** The JSON of a token response, or of an error. */
export interface TokenJson {
  readonly access_token: string
  readonly id_token?: string
  readonly refresh_token?: string
  readonly scope?: string
  readonly expires_in: number
  readonly error?: string
}

export function authorizePath(emulator: Emulator, params: Params = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: emulator.clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    state: 'the-state',
    nonce: 'the-nonce',
    ...params,
  })
  return `/oauth/authorize?${query}`
}

/** Starts an authorization request and follows it to a page of the emulator or back to the app. */
export async function authorize(emulator: Emulator, browser: Browser, params: Params = {}): Promise<Response> {
  return browser.follow(await browser.get(authorizePath(emulator, params)))
}

/** Where a response sends the browser, as the app's callback would see it. */
export function callbackOf(response: Response): URL {
  return new URL(response.headers.get('location') ?? '', redirectUri)
}

/** The path of the login page that an authorization request leads to. */
export async function loginPath(emulator: Emulator, browser: Browser, params: Params = {}): Promise<string> {
  const response = await browser.get(authorizePath(emulator, params))
  return response.headers.get('location') ?? ''
}

/** Logs somebody in on the login page, through the organization picker where `organization` is given. */
export async function logIn(
  emulator: Emulator,
  login: {
    readonly user: string
    readonly organization?: string
    readonly browser?: Browser
    readonly params?: Params
  },
): Promise<{ readonly browser: Browser; readonly callback: URL }> {
  const browser = login.browser ?? new Browser(emulator.url)
  const path = await loginPath(emulator, browser, login.params)
  const picked = await browser.follow(await browser.post(path, { user: login.user }))
  if (login.organization === undefined) return { browser, callback: callbackOf(picked) }
  const entered = await browser.follow(await browser.post(`${path}/organization`, { organization: login.organization }))
  return { browser, callback: callbackOf(entered) }
}

/** One token request; the client's credentials are added. */
export function tokenRequest(emulator: Emulator, fields: Params): Promise<Response> {
  const credentials = { client_id: emulator.clientId, client_secret: emulator.clientSecret }
  return fetch(`${emulator.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ ...credentials, ...fields }),
  })
}

export async function exchange(emulator: Emulator, callback: URL, fields: Params = {}): Promise<TokenJson> {
  const code = callback.searchParams.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return (await (await tokenRequest(emulator, { ...grant, ...fields })).json()) as TokenJson
}

export async function refresh(emulator: Emulator, tokens: TokenJson): Promise<TokenJson> {
  const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' }
  return (await (await tokenRequest(emulator, fields)).json()) as TokenJson
}

/** A whole login: browser, tokens and the claims inside. */
export async function session(emulator: Emulator, login: Parameters<typeof logIn>[1]) {
  const { browser, callback } = await logIn(emulator, login)
  const tokens = await exchange(emulator, callback)
  return { browser, tokens, access: claims(tokens.access_token), id: claims(tokens.id_token) }
}

/** A token for the management API. */
export async function managementToken(emulator: Emulator, clientId: string = emulator.clientId): Promise<string> {
  const response = await tokenRequest(emulator, { grant_type: 'client_credentials', client_id: clientId })
  return ((await response.json()) as TokenJson).access_token
}

export function claims(token: string | undefined): Record<string, unknown> {
  return part(token, 1)
}

export function header(token: string | undefined): Record<string, unknown> {
  return part(token, 0)
}

function part(token: string | undefined, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[index] ?? '', 'base64url').toString('utf8'))
}
