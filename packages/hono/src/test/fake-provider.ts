import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'

/** Somebody who signs in. */
export interface Person {
  readonly sub: string
  readonly oid?: string
  readonly permissions?: readonly string[]
  readonly roles?: readonly string[]
  readonly claims?: Readonly<Record<string, unknown>>
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }
let made = 0

/** The provider inside the test, on `node:crypto` alone: it shares no code with the kit. */
export class FakeProvider {
  readonly issuer = `https://auth-${++made}.example`
  readonly clientId = 'skc_1'
  /** Grant types the token endpoint was asked for. */
  readonly grants: string[] = []
  /** Statuses with which the next token calls fail. */
  readonly failures: number[] = []
  readonly #clock: () => number
  readonly #logins = new Map<string, { person: Person; nonce: string; challenge: string }>()
  readonly #refreshTokens = new Map<string, Person>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  readonly fetch = async (input: string, init: RequestInit): Promise<Response> => {
    if (new URL(input).pathname === '/keys') return Response.json({ keys: [jwk] })
    const form = new URLSearchParams(String(init.body))
    this.grants.push(form.get('grant_type') ?? '')
    const failure = this.failures.shift()
    if (failure !== undefined) return new Response('', { status: failure })
    const login = this.#logins.get(form.get('code') ?? '')
    const verifier = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (login !== undefined && login.challenge === verifier) return this.#tokens(login.person, login.nonce)
    const person = this.#refreshTokens.get(form.get('refresh_token') ?? '')
    this.#refreshTokens.delete(form.get('refresh_token') ?? '')
    return person === undefined ? Response.json({ error: 'invalid_grant' }, { status: 400 }) : this.#tokens(person)
  }

  /** Plays the authorization endpoint: gives the path of the callback. */
  authorize(location: string, person: Person): string {
    const asked = new URL(location).searchParams
    const code = randomUUID()
    this.#logins.set(code, {
      person,
      nonce: asked.get('nonce') ?? '',
      challenge: asked.get('code_challenge') ?? '',
    })
    const { pathname } = new URL(asked.get('redirect_uri') ?? '')
    return `${pathname}?${new URLSearchParams({ code, state: asked.get('state') ?? '' })}`
  }

  logoutToken(claims: Readonly<Record<string, unknown>>): string {
    const now = this.#clock()
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    return this.#jwt({ iat: now, exp: now + 120, jti: randomUUID(), events, ...claims }, 'logout+jwt')
  }

  #tokens({ sub, oid = 'org_1', permissions = [], roles = [], claims = {}, ...rest }: Person, nonce?: string) {
    const now = this.#clock()
    const common = { sub, oid, sid: `ses_${sub}`, iat: now }
    const refreshToken = `rt_${randomUUID()}`
    this.#refreshTokens.set(refreshToken, { sub, oid, permissions, roles, claims, ...rest })
    return Response.json({
      token_type: 'Bearer',
      expires_in: 300,
      access_token: this.#jwt({
        ...common,
        exp: now + 300,
        jti: `tkn_${randomUUID()}`,
        permissions,
        roles,
        ...claims,
      }),
      id_token: this.#jwt({ ...common, exp: now + 1800, email: `${sub}@corp.example`, nonce }),
      refresh_token: refreshToken,
    })
  }

  #jwt(claims: Readonly<Record<string, unknown>>, typ = 'JWT'): string {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const input = `${part({ alg: 'RS256', kid: 'k1', typ })}.${part({ iss: this.issuer, aud: [this.clientId], ...claims })}`
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  }
}
