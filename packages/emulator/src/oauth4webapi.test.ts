import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from './index.js'
import { Browser } from './test/browser.js'
import { organizations, people, redirectUri, startBuilt } from './test/emulator.js'
import { callbackOf } from './test/login.js'

/** The emulator, judged by a client that nobody here wrote. */
let emulator: Emulator
let server: oauth.AuthorizationServer
let client: oauth.Client
let clientAuthentication: oauth.ClientAuth

const insecure = { [oauth.allowInsecureRequests]: true }

beforeAll(async () => {
  emulator = await startBuilt()
  const issuer = new URL(emulator.url)
  server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  client = { client_id: emulator.clientId }
  clientAuthentication = oauth.ClientSecretPost(emulator.clientSecret)
})
afterAll(() => emulator.stop())

async function logIn(browser: Browser) {
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const url = new URL(server.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }).toString()
  const page = (await browser.get(url.href)).headers.get('location') ?? ''
  const callback = callbackOf(await browser.follow(await browser.post(page, { user: people.ada })))
  const params = oauth.validateAuthResponse(server, client, callback, state)
  const response = await oauth.authorizationCodeGrantRequest(
    server, client, clientAuthentication, params, redirectUri, codeVerifier, insecure,
  ) // biome-ignore format: a list
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  // The ID token's signature, against the published keys.
  await oauth.validateApplicationLevelSignature(server, response, insecure)
  return tokens
}

describe('oauth4webapi', () => {
  it('does authorization code with PKCE, verifies the ID token and its signature', async () => {
    const tokens = await logIn(new Browser(emulator.url))
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    expect(claims).toMatchObject({ sub: people.ada, azp: emulator.clientId, oid: organizations.acme })
  })

  it('refreshes, and sees the second use of the old token refused', async () => {
    const tokens = await logIn(new Browser(emulator.url))
    const refresh = async () =>
      oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(
          server,
          client,
          clientAuthentication,
          tokens.refresh_token ?? '',
          insecure,
        ),
      )
    const next = await refresh()
    expect(next.refresh_token).not.toBe(tokens.refresh_token)
    await expect(refresh()).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })

  it('gets a token by client credentials, in the body and by Basic', async () => {
    for (const authentication of [clientAuthentication, oauth.ClientSecretBasic(emulator.clientSecret)]) {
      const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, insecure)
      const tokens = await oauth.processClientCredentialsResponse(server, client, response)
      expect(tokens.expires_in).toBe(86_399)
    }
  })

  it('reads userinfo, introspects and revokes', async () => {
    const tokens = await logIn(new Browser(emulator.url))
    const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, insecure)
    expect(await oauth.processUserInfoResponse(server, client, people.ada, userinfo)).toHaveProperty('email')
    const introspection = await oauth.introspectionRequest(
      server,
      client,
      clientAuthentication,
      tokens.access_token,
      insecure,
    )
    expect(await oauth.processIntrospectionResponse(server, client, introspection)).toHaveProperty('active', true)
    const token = tokens.refresh_token ?? ''
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client, clientAuthentication, token, insecure),
    )
    const refused = await oauth.refreshTokenGrantRequest(server, client, clientAuthentication, token, insecure)
    await expect(oauth.processRefreshTokenResponse(server, client, refused)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('logs out through the advertised end-session endpoint', async () => {
    const browser = new Browser(emulator.url)
    const tokens = await logIn(browser)
    const url = new URL(server.end_session_endpoint ?? '')
    url.searchParams.set('id_token_hint', tokens.id_token ?? '')
    url.searchParams.set('post_logout_redirect_uri', 'http://127.0.0.1:3000/')
    url.searchParams.set('state', 'bye')
    expect((await browser.get(url.href)).headers.get('location')).toBe('http://127.0.0.1:3000/?state=bye')
    const refused = await oauth.refreshTokenGrantRequest(
      server,
      client,
      clientAuthentication,
      tokens.refresh_token ?? '',
      insecure,
    )
    await expect(oauth.processRefreshTokenResponse(server, client, refused)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('sees a spoilt ID token refused', async () => {
    await emulator.control.nextTokenResponse({ idToken: { claims: { nonce: 'other' } } })
    await expect(logIn(new Browser(emulator.url))).rejects.toThrow(/nonce/)
    await emulator.control.nextTokenResponse({ idToken: { key: 'foreign' } })
    await expect(logIn(new Browser(emulator.url))).rejects.toThrow()
  })
})
