import { sha256Base64url } from '../crypto/sha256.js'
import {
  accessClaims,
  createTestKey,
  idClaims,
  logoutClaims,
  type Members,
  signCompact,
} from '../protocol/test/test-issuer.js'

/** Somebody who signs in, and what the provider says about them. */
export interface Person {
  readonly sub: string
  readonly sid: string
  readonly oid?: string
  readonly permissions?: readonly string[]
  readonly roles?: readonly string[]
}

interface Grant {
  readonly person: Person
  readonly nonce: string
}

type Answer = (form: URLSearchParams, good: () => Promise<Response>) => Response | Promise<Response>

/** The provider's side of every exchange, inside the test: real signatures, real rotation, no socket. */
export interface FakeProvider {
  readonly issuer: string
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>
  /** Forms the token endpoint received, in order. */
  readonly tokenCalls: URLSearchParams[]
  readonly keyCalls: string[]
  /** Answers given instead of the good one: the first to the next token call, and so on. */
  readonly answers: Answer[]
  /** Refresh tokens the kit has asked to withdraw (RFC 7009). */
  readonly revoked: string[]
  /** Merged over the claims of every token from now on; `undefined` leaves a claim out. */
  readonly claims: { id: Record<string, unknown>; access: Record<string, unknown> }
  readonly behaviour: {
    accessLifetime: number
    expiresIn: number | undefined
    idTokenOnRefresh: boolean
    refreshTokens: boolean
    keysDown: boolean
    /** Further members of the metadata document; undefined: there is none. */
    metadata: Readonly<Record<string, unknown>> | undefined
    ahead: number
  }
  /** Plays the authorization endpoint: the person signs in and the browser is sent to the address returned. */
  readonly authorize: (location: string, person: Person) => URL
  /** Ends a session of the provider: its refresh tokens are refused from now on. */
  readonly end: (sid: string) => void
  readonly logoutToken: (claims: Readonly<Record<string, unknown>>, header?: Members) => Promise<string>
  readonly sign: (claims: Members, header?: Members) => Promise<string>
}

const kid = 'snk_1'
// One key for all tests of a file: making one costs a quarter of a second.
let pair: ReturnType<typeof createTestKey> | undefined

export async function createFakeProvider(
  issuer: string,
  clientId: string,
  time: { readonly now: number },
): Promise<FakeProvider> {
  pair ??= createTestKey(kid)
  const { jwk, privateKey } = await pair
  const codes = new Map<string, Grant & { readonly challenge: string }>()
  const refreshable = new Map<string, Grant>()
  const ended = new Set<string>()
  const provider = {
    tokenCalls: [] as URLSearchParams[],
    keyCalls: [] as string[],
    answers: [] as Answer[],
    revoked: [] as string[],
    claims: { id: {}, access: {} } as FakeProvider['claims'],
    behaviour: {
      accessLifetime: 300,
      expiresIn: 300 as number | undefined,
      idTokenOnRefresh: true,
      refreshTokens: true,
      keysDown: false,
      metadata: undefined as Readonly<Record<string, unknown>> | undefined,
      ahead: 0,
    },
  }
  let issued = 0
  const sign = (claims: Members, header: Members = {}) =>
    signCompact(typeof header === 'string' ? header : { alg: 'RS256', kid, typ: 'JWT', ...header }, claims, privateKey)

  async function tokens({ person, nonce }: Grant, isRefresh: boolean): Promise<Response> {
    const { behaviour, claims } = provider
    const { sub, sid, oid, permissions = [], roles = [] } = person
    const now = time.now + behaviour.ahead
    issued += 1
    const base = { iss: issuer, aud: [clientId], sub, sid, oid, client_id: clientId }
    const accessToken = await sign(
      accessClaims({
        ...base,
        jti: `tkn_${issued}`,
        iat: now,
        nbf: now,
        exp: now + behaviour.accessLifetime,
        roles,
        permissions,
        ...claims.access,
      }),
    )
    const idToken = await sign(
      idClaims({
        ...base,
        azp: clientId,
        iat: now,
        exp: now + 1800,
        email: `${sub}@corp.example`,
        nonce: isRefresh ? undefined : nonce,
        ...claims.id,
      }),
    )
    const refreshToken = `rt_${issued}_${crypto.randomUUID()}`
    if (behaviour.refreshTokens) refreshable.set(refreshToken, { person, nonce })
    return Response.json({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: behaviour.expiresIn,
      ...(isRefresh && !behaviour.idTokenOnRefresh ? {} : { id_token: idToken }),
      ...(behaviour.refreshTokens ? { refresh_token: refreshToken } : {}),
    })
  }

  async function token(form: URLSearchParams): Promise<Response> {
    if (form.get('grant_type') === 'client_credentials') {
      return Response.json({ access_token: 'management-token', token_type: 'Bearer', expires_in: 3600 })
    }
    if (form.get('grant_type') === 'authorization_code') {
      const code = form.get('code') ?? ''
      const grant = codes.get(code)
      codes.delete(code)
      const verifier = form.get('code_verifier') ?? ''
      if (grant === undefined || (await sha256Base64url(verifier)) !== grant.challenge) return refusal('invalid_grant')
      return tokens(grant, false)
    }
    const old = form.get('refresh_token') ?? ''
    const grant = refreshable.get(old)
    // No grace: a rotated token is dead at once (protocol.md §2).
    refreshable.delete(old)
    if (grant === undefined || ended.has(grant.person.sid)) return refusal('invalid_grant')
    return tokens(grant, true)
  }

  return {
    issuer,
    ...provider,
    sign,
    async fetch(input, init) {
      const { pathname } = new URL(input)
      if (pathname === '/keys') {
        provider.keyCalls.push(input)
        return provider.behaviour.keysDown ? new Response('down', { status: 500 }) : Response.json({ keys: [jwk] })
      }
      const { metadata } = provider.behaviour
      if (pathname === '/.well-known/openid-configuration' && metadata !== undefined) {
        const endpoints = {
          authorization_endpoint: '/oauth/authorize',
          token_endpoint: '/oauth/token',
          jwks_uri: '/keys',
        }
        const absolute = Object.entries(endpoints).map(([name, path]) => [name, issuer + path])
        return Response.json({ issuer, ...Object.fromEntries(absolute), ...metadata })
      }
      if (pathname === '/revoke') {
        const token = new URLSearchParams(String(init.body)).get('token') ?? ''
        provider.revoked.push(token)
        refreshable.delete(token)
        return new Response(null, { status: 200 })
      }
      if (pathname !== '/oauth/token') return new Response('not here', { status: 404 })
      const form = new URLSearchParams(String(init.body))
      provider.tokenCalls.push(form)
      const instead = provider.answers.shift()
      return instead === undefined ? token(form) : instead(form, () => token(form))
    },
    authorize(location, person) {
      const { searchParams } = new URL(location)
      const code = `code_${crypto.randomUUID()}`
      codes.set(code, {
        person,
        nonce: searchParams.get('nonce') ?? '',
        challenge: searchParams.get('code_challenge') ?? '',
      })
      const callback = new URL(searchParams.get('redirect_uri') ?? '')
      callback.searchParams.set('code', code)
      callback.searchParams.set('state', searchParams.get('state') ?? '')
      return callback
    },
    end: (sid) => void ended.add(sid),
    logoutToken: (claims, header = { typ: 'logout+jwt' }) =>
      sign(
        logoutClaims({
          iss: issuer,
          aud: [clientId],
          jti: crypto.randomUUID(),
          iat: time.now,
          exp: time.now + 120,
          ...claims,
        }),
        header,
      ),
  }
}

export function refusal(error: string, status = 400): Response {
  return Response.json({ error }, { status })
}
