import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, redirectUri, startBuilt } from '../test/emulator.js'
import { officialSdk, thrown } from '../test/grpc.js'
import { callbackOf, claims } from '../test/login.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`

let emulator: Emulator
let receiver: WebhookReceiver
beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  emulator = await startBuilt({ webhooks: { url: receiver.url, secret: SECRET } })
})
afterAll(async () => {
  await emulator.stop()
  await receiver.stop()
})
beforeEach(async () => {
  receiver.reset()
  await emulator.control.reset()
})

const sdk = () => officialSdk(emulator)

/** A login that the SDK begins; gives what it gets for the code. */
async function logIn(user: string = people.ada) {
  const codeVerifier = 'a-verifier-of-at-least-forty-three-characters-1'
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  const scopes = ['openid', 'profile', 'email', 'offline_access']
  const options = { scopes, state: 'the-state', codeChallenge, codeChallengeMethod: 'S256' }
  const browser = new Browser(emulator.url)
  const page = await browser.get(sdk().getAuthorizationUrl(redirectUri, options))
  const path = page.headers.get('location') ?? ''
  const callback = callbackOf(await browser.follow(await browser.post(path, { user })))
  expect(callback.searchParams.get('state')).toBe('the-state')
  const answer = await sdk().authenticateWithCode(callback.searchParams.get('code') ?? '', redirectUri, {
    codeVerifier,
  })
  return { ...answer, browser }
}

describe("login with Scalekit's own SDK", () => {
  it('gets an authorization address, a user and tokens for the code', async () => {
    const { user, accessToken, idToken, refreshToken, expiresIn } = await logIn()
    expect(user).toMatchObject({ id: people.ada, email: 'ada@acme.test', givenName: 'Ada', familyName: 'Admin' })
    expect([claims(accessToken).oid, claims(idToken).sub]).toEqual([organizations.acme, people.ada])
    expect(Math.abs(expiresIn - 300)).toBeLessThan(5)
    expect(refreshToken).toMatch(/.{20}/)
  })

  it('is refused with a code that nobody gave, by an error of axios', async () => {
    await expect(sdk().authenticateWithCode('nothing', redirectUri)).rejects.toMatchObject({
      name: 'AxiosError',
      response: { status: 400, data: { error: 'invalid_grant' } },
    })
  })

  it('validates tokens, issuer, audience and scopes where asked to', async () => {
    const { accessToken } = await logIn()
    const options = { issuer: emulator.url, audience: [emulator.clientId] }
    expect(await sdk().validateToken(accessToken, options)).toMatchObject({ sub: people.ada, oid: organizations.acme })
    expect(await sdk().validateAccessToken(accessToken, options)).toBe(true)
    for (const wrong of [{ issuer: 'https://other.test' }, { audience: ['skc_1'] }, { requiredScopes: ['nothing'] }]) {
      await expect(sdk().validateToken(accessToken, wrong)).rejects.toMatchObject({
        name: 'ScalekitValidateTokenFailureException',
      })
      expect(await sdk().validateAccessToken(accessToken, wrong)).toBe(false)
    }
  })

  it('keeps the keys of its first look for ever: after a rotation it refuses every new token (§3.4)', async () => {
    const client = sdk()
    await client.validateToken((await logIn()).accessToken)
    await emulator.control.rotateKeys('old')
    const { accessToken } = await logIn()
    expect(await client.validateAccessToken(accessToken)).toBe(false)
    expect(await sdk().validateAccessToken(accessToken)).toBe(true)
  })

  it('refreshes, once for each refresh token, and tells no expiry, ID token or user (§15.2)', async () => {
    const { refreshToken } = await logIn()
    const refreshed = await sdk().refreshAccessToken(refreshToken)
    expect(Object.keys(refreshed)).toEqual(['accessToken', 'refreshToken'])
    expect(refreshed.refreshToken).not.toBe(refreshToken)
    expect(claims(refreshed.accessToken).sub).toBe(people.ada)
    await expect(sdk().refreshAccessToken('nothing')).rejects.toThrow('Failed to refresh token: Request failed')
  })

  it('makes the address that ends the session', async () => {
    const { idToken, browser } = await logIn()
    const postLogoutRedirectUri = new URL('/', redirectUri).href
    const url = sdk().getLogoutUrl({ idTokenHint: idToken, postLogoutRedirectUri, state: 'bye' })
    const response = await browser.follow(await browser.get(url))
    expect(response.headers.get('location')).toBe(`${postLogoutRedirectUri}?state=bye`)
    const session = await sdk().session.getSession(String(claims(idToken).sid))
    expect(session).toMatchObject({ status: 'logout', userId: people.ada })
  })

  it('gets tokens of its own, or is refused', async () => {
    expect(claims(await sdk().getClientAccessToken()).sub).toBe(emulator.clientId)
    expect(await thrown(sdk().generateClientToken(emulator.clientId, 'wrong'))).toEqual([
      'ScalekitUnauthorizedException',
      'Unauthorized',
      401,
    ])
  })

  it('reads the claims of a login that began at an identity provider', async () => {
    const { token } = await emulator.control.idpInitiatedLogin({
      organizationId: organizations.acme,
      email: 'sam@example.com',
    })
    expect(await sdk().getIdpInitiatedLoginClaims(token)).toMatchObject({
      connection_id: connections.acme,
      organization_id: organizations.acme,
      login_hint: 'sam@example.com',
    })
    await expect(sdk().getIdpInitiatedLoginClaims(`${token}x`)).rejects.toMatchObject({
      name: 'ScalekitValidateTokenFailureException',
    })
  })
})

describe("webhooks, verified by Scalekit's own SDK", () => {
  it('sends what it accepts', async () => {
    await sdk().organization.updateOrganization(organizations.acme, { displayName: 'Acme Ltd' })
    await expect.poll(() => receiver.types).toContain('organization.updated')
    for (const { headers, body } of receiver.received) {
      const signed = headers as Record<string, string>
      expect(sdk().verifyWebhookPayload(SECRET, signed, body)).toBe(true)
      expect(() => sdk().verifyWebhookPayload(SECRET, signed, `${body} `)).toThrow('Invalid Signature')
      expect(() => sdk().verifyWebhookPayload(SECRET, { ...signed, 'webhook-timestamp': '1' }, body)).toThrow('too old')
    }
  })
})
