import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto'

/** Somebody who signs in. */
export interface Person {
  readonly sub: string
  readonly oid?: string
  readonly permissions?: readonly string[]
  readonly roles?: readonly string[]
  readonly claims?: Readonly<Record<string, unknown>>
}

/** The provider inside the test, on `node:crypto` alone: it shares no code with the kit. */
export interface FakeProvider {
  readonly issuer: string
  readonly clientId: string
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>
  /** Grant types the token endpoint was asked for. */
  readonly grants: string[]
  /** Statuses with which the next token calls fail. */
  readonly failures: number[]
  /** Plays the authorization endpoint: gives the path of the callback. */
  readonly authorize: (location: string, person: Person) => string
  readonly logoutToken: (claims: Readonly<Record<string, unknown>>) => string
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }
const clientId = 'skc_1'
let made = 0

export function createFakeProvider(clock: () => number): FakeProvider {
  made += 1
  const issuer = `https://auth-${made}.example`
  const codes = new Map<string, { person: Person; nonce: string; challenge: string }>()
  const refreshTokens = new Map<string, Person>()
  const grants: string[] = []
  const failures: number[] = []

  const jwt = (claims: Readonly<Record<string, unknown>>, typ = 'JWT'): string => {
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
    const input = `${encode({ alg: 'RS256', kid: 'k1', typ })}.${encode(claims)}`
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  }
  const tokens = (person: Person, nonce?: string): Response => {
    const { sub, oid = 'org_1', permissions = [], roles = [], claims = {} } = person
    const now = clock()
    const common = { iss: issuer, aud: [clientId], sub, oid, sid: `ses_${sub}`, iat: now }
    const refreshToken = `rt_${randomUUID()}`
    refreshTokens.set(refreshToken, person)
    return Response.json({
      token_type: 'Bearer',
      expires_in: 300,
      access_token: jwt({
        ...common,
        exp: now + 300,
        jti: `tkn_${randomUUID()}`,
        permissions,
        roles,
        scope: 'openid',
        ...claims,
      }),
      id_token: jwt({
        ...common,
        exp: now + 1800,
        email: `${sub}@corp.example`,
        ...(nonce === undefined ? {} : { nonce }),
      }),
      refresh_token: refreshToken,
    })
  }
  return {
    issuer,
    clientId,
    grants,
    failures,
    logoutToken: (claims) =>
      jwt(
        {
          iss: issuer,
          aud: [clientId],
          iat: clock(),
          exp: clock() + 120,
          jti: randomUUID(),
          events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
          ...claims,
        },
        'logout+jwt',
      ),
    async fetch(input, init) {
      const { pathname } = new URL(input)
      if (pathname === '/keys') return Response.json({ keys: [jwk] })
      const form = new URLSearchParams(String(init.body))
      grants.push(form.get('grant_type') ?? '')
      const failure = failures.shift()
      if (failure !== undefined) return new Response('', { status: failure })
      const grant = codes.get(form.get('code') ?? '')
      if (grant !== undefined) {
        const challenge = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url')
        return challenge === grant.challenge ? tokens(grant.person, grant.nonce) : invalidGrant()
      }
      const old = form.get('refresh_token') ?? ''
      const person = refreshTokens.get(old)
      refreshTokens.delete(old)
      return person === undefined ? invalidGrant() : tokens(person)
    },
    authorize(location, person) {
      const { searchParams } = new URL(location)
      const code = randomUUID()
      codes.set(code, {
        person,
        nonce: searchParams.get('nonce') ?? '',
        challenge: searchParams.get('code_challenge') ?? '',
      })
      const { pathname } = new URL(searchParams.get('redirect_uri') ?? '')
      return `${pathname}?${new URLSearchParams({ code, state: searchParams.get('state') ?? '' })}`
    },
  }
}

function invalidGrant(): Response {
  return Response.json({ error: 'invalid_grant' }, { status: 400 })
}
