import type { Clock, ScalegateOptions } from '@scalegate/core'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'

export interface TestIssuerOptions {
  /** The environment URL that the app is configured with. */
  readonly issuer: string
  readonly clientId: string
  /** The clock of the app under test. @defaultValue the system clock */
  readonly clock?: Clock
}

/** Whose sessions end. With `sid` that one session; with `sub` alone every session of the person. */
export interface LogoutTokenInput {
  readonly sid?: string
  readonly sub?: string
  /** Members of the header to replace; `undefined` leaves one out. */
  readonly header?: Readonly<Record<string, unknown>>
  /** Any other claim replaces the one of that name; `undefined` leaves it out. */
  readonly [claim: string]: unknown
}

/** An issuer whose keys the kit trusts, for tests of what Scalekit sends to the app. */
export interface TestIssuer {
  /**
   * The kit's `fetch` option: serves the issuer's keys and metadata, and lets nothing else out.
   *
   * @throws TypeError for every other address, naming it without its query.
   */
  readonly fetch: NonNullable<ScalegateOptions['fetch']>
  /**
   * A logout token (OIDC Back-Channel Logout 1.0 §2.4) to post as `logout_token` to the app. It lives two minutes.
   *
   * @throws TypeError where neither `sid` nor `sub` is named. To test the refusal of such a token name one as `undefined`.
   */
  readonly logoutToken: (input: LogoutTokenInput) => Promise<string>
}

const kid = 'scalegate-test-key'
let pair: Promise<{ readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }> | undefined

/** One pair for all: the kit keeps the keys of an issuer for the whole process, whichever test asks next. */
function keys(): NonNullable<typeof pair> {
  pair ??= generateKeyPair('RS256', { extractable: true })
  return pair
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

/**
 * A test issuer. All of a process share one key pair, which is made on first use and never leaves it.
 *
 * @throws TypeError where `issuer` is no URL.
 * @example
 * ```ts
 * const scalekit = createTestIssuer({ issuer: 'https://acme.scalekit.dev', clientId: 'skc_1' })
 * const auth = scalegate({ fetch: scalekit.fetch })
 * await request(app).post('/auth/backchannel-logout').type('form')
 *   .send({ logout_token: await scalekit.logoutToken({ sid: 'ses_1' }) }).expect(200)
 * ```
 */
export function createTestIssuer(options: TestIssuerOptions): TestIssuer {
  const { clientId, clock = () => Math.floor(Date.now() / 1000) } = options
  if (!URL.canParse(options.issuer)) throw new TypeError('`issuer` is the environment URL of the app under test.')
  const issuer = options.issuer.replace(/\/+$/, '')
  const documents: ReadonlyMap<string, () => Promise<unknown>> = new Map([
    [
      `${issuer}/keys`,
      async () => ({ keys: [{ ...(await exportJWK((await keys()).publicKey)), alg: 'RS256', use: 'sig', kid }] }),
    ],
    [`${issuer}/.well-known/openid-configuration`, async () => metadata(issuer)],
  ])
  return {
    async fetch(input) {
      const address = input.split(/[?#]/)[0] ?? ''
      const document = documents.get(address)
      if (document === undefined)
        throw new TypeError(`The test issuer serves its keys and metadata only, and was asked for ${address}.`)
      return Response.json(await document())
    },
    async logoutToken({ header = {}, ...claims }) {
      if (!('sid' in claims) && !('sub' in claims)) throw new TypeError('A logout token names a `sid` or a `sub`.')
      const now = clock()
      const payload = {
        iss: issuer,
        aud: clientId,
        iat: now,
        exp: now + 120,
        jti: crypto.randomUUID(),
        events: { [logoutEvent]: {} },
        ...claims,
      }
      const { privateKey } = await keys()
      return new SignJWT(present(payload))
        .setProtectedHeader(present({ alg: 'RS256', kid, typ: 'logout+jwt', ...header }) as { alg: string })
        .sign(privateKey)
    },
  }
}

function metadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth/authorize`,
    token_endpoint: `${issuer}/oauth/token`,
    jwks_uri: `${issuer}/keys`,
    end_session_endpoint: `${issuer}/oidc/logout`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  }
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
