import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ProviderError } from '../errors/scalegate-error.js'
import { scalekitEndpoints } from './endpoints.js'
import type { Provider } from './provider.js'
import { clientId, createTestProvider } from './test/test-issuer.js'
import { exchangeCode, refreshTokens } from './token-request.js'

interface Received {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly form: Record<string, string>
}

let server: Server
let provider: Provider
let received: Received[]
let answer: (response: ServerResponse, request: IncomingMessage) => void

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body))
      received.push({ method: request.method, url: request.url, headers: request.headers, form })
      answer(response, request)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  provider = createTestProvider([], {
    endpoints: async () => scalekitEndpoints(origin),
    fetch: (input, init) => fetch(input, init),
    clientSecret: 'canary+secret&=%é',
  })
})

beforeEach(() => {
  received = []
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

const tokens = { access_token: 'at', id_token: 'it', refresh_token: 'rt', token_type: 'Bearer', expires_in: 299 }
const respond =
  (status: number, body: unknown, headers: Record<string, string> = {}): typeof answer =>
  (response) =>
    response
      .writeHead(status, headers)
      .end(typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body))

const login = { code: 'canary-code', redirectUri: 'https://app.example/auth/callback', codeVerifier: 'canary-verifier' }
const exchange = (using = provider) => outcome(() => exchangeCode(using, login))
const refresh = (using = provider) => outcome(() => refreshTokens(using, 'canary-refresh'))

/** The tokens, or what a caller can tell from the error. Anything secret in the error fails the test. */
async function outcome(task: () => Promise<unknown>): Promise<unknown> {
  try {
    return await task()
  } catch (error) {
    const { name, code, reason, status, headers } = error as Record<string, unknown>
    expect(`${inspect(error, { depth: 10 })} ${JSON.stringify(error)}`).not.toMatch(/canary/)
    return { name, code, reason, status, ...(headers === undefined ? {} : { headers }) }
  }
}

const refused = (code: string, reason: string, status: number) => ({ name: 'LoginError', code, reason, status })
const unavailable = (reason: string, retryAfter = '5') => ({
  name: 'RefreshError',
  code: 'refresh_unavailable',
  reason,
  status: 503,
  headers: { 'Retry-After': retryAfter },
})
const ended = (reason: string) => ({ name: 'RefreshError', code: 'refresh_rejected', reason, status: 401, headers: {} })

describe('exchangeCode', () => {
  it('sends code, verifier and credentials as a form, and gives the tokens', async () => {
    answer = respond(200, tokens)
    const expected = { accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 299, scope: undefined }
    expect(await exchange()).toEqual(expected)
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: '/oauth/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        form: {
          grant_type: 'authorization_code',
          code: 'canary-code',
          redirect_uri: 'https://app.example/auth/callback',
          code_verifier: 'canary-verifier',
          client_id: clientId,
          client_secret: 'canary+secret&=%é',
        },
      },
    ])
    expect(received[0]?.headers.authorization).toBeUndefined()
    expect(Object.keys(received[0]?.form ?? {})).toHaveLength(6)
  })

  it.each<[string, typeof answer, ReturnType<typeof refused>]>([
    [
      'SEC-067 SEC-055 400 invalid_grant',
      respond(400, { error: 'invalid_grant', error_description: 'canary' }),
      refused('exchange_rejected', 'invalid_grant', 400),
    ],
    [
      'SEC-067 401 invalid_grant',
      respond(401, { error: 'invalid_grant' }),
      refused('exchange_rejected', 'invalid_grant', 400),
    ],
    [
      'SEC-067 400 invalid_request',
      respond(400, { error: 'invalid_request' }),
      refused('exchange_rejected', 'invalid_request', 400),
    ],
    [
      'SEC-067 400 with a word that nobody knows',
      respond(400, { error: 'canary_word' }),
      refused('exchange_rejected', 'status_400', 400),
    ],
    ['SEC-067 400 without JSON', respond(400, '<html>'), refused('exchange_rejected', 'status_400', 400)],
    [
      'SEC-068 401 invalid_client',
      respond(401, { error: 'invalid_client' }),
      refused('misconfigured', 'invalid_client', 500),
    ],
    [
      'SEC-068 400 invalid_client',
      respond(400, { error: 'invalid_client' }),
      refused('misconfigured', 'invalid_client', 500),
    ],
    [
      'SEC-068 400 unauthorized_client',
      respond(400, { error: 'unauthorized_client' }),
      refused('misconfigured', 'unauthorized_client', 500),
    ],
    ['SEC-068 401 without JSON', respond(401, ''), refused('misconfigured', 'status_401', 500)],
    ['SEC-069 408', respond(408, ''), refused('exchange_unavailable', 'status_408', 503)],
    ['SEC-069 429', respond(429, { error: 'slow_down' }), refused('exchange_unavailable', 'status_429', 503)],
    ['SEC-069 500', respond(500, ''), refused('exchange_unavailable', 'status_500', 503)],
    [
      'SEC-069 503 that says invalid_grant',
      respond(503, { error: 'invalid_grant' }),
      refused('exchange_unavailable', 'status_503', 503),
    ],
    ['SEC-069 403 of a firewall', respond(403, '<html>'), refused('exchange_unavailable', 'status_403', 503)],
    ['SEC-069 404', respond(404, '<html>'), refused('exchange_unavailable', 'status_404', 503)],
    ['SEC-069 a reset', (response) => response.destroy(), refused('exchange_unavailable', 'network', 503)],
    [
      'SEC-070 a redirect',
      respond(302, '', { location: 'http://127.0.0.1:1/' }),
      refused('exchange_unavailable', 'redirect', 503),
    ],
    [
      'SEC-070 a redirect that would repeat the POST',
      respond(307, '', { location: '/elsewhere' }),
      refused('exchange_unavailable', 'redirect', 503),
    ],
    ['SEC-071 HTML', respond(200, '<html>'), refused('exchange_unavailable', 'malformed', 503)],
    ['SEC-071 nothing', respond(200, ''), refused('exchange_unavailable', 'malformed', 503)],
    ['SEC-071 []', respond(200, '[]'), refused('exchange_unavailable', 'malformed', 503)],
    ['SEC-071 null', respond(200, 'null'), refused('exchange_unavailable', 'malformed', 503)],
    [
      'SEC-071 257 KB',
      respond(200, { ...tokens, filler: 'x'.repeat(263_000) }),
      refused('exchange_unavailable', 'too_large', 503),
    ],
    [
      'SEC-071 deep JSON',
      respond(200, `{"a":${'['.repeat(100_000)}`),
      refused('exchange_unavailable', 'malformed', 503),
    ],
    [
      'SEC-071 invalid UTF-8',
      respond(200, Buffer.from('{"access_token":"\xff"}', 'latin1')),
      refused('exchange_unavailable', 'malformed', 503),
    ],
    [
      'SEC-072 no access token',
      respond(200, { ...tokens, access_token: undefined }),
      refused('exchange_unavailable', 'access_token', 503),
    ],
    [
      'SEC-072 another token type',
      respond(200, { ...tokens, token_type: 'mac' }),
      refused('exchange_unavailable', 'token_type', 503),
    ],
    [
      'SEC-072 a lifetime of 1e999',
      respond(200, JSON.stringify(tokens).replace('299', '1e999')),
      refused('exchange_unavailable', 'expires_in', 503),
    ],
    [
      'SEC-073 no ID token',
      respond(200, { ...tokens, id_token: undefined }),
      refused('id_token_invalid', 'missing', 400),
    ],
  ])('%s', async (_label, behaviour, expected) => {
    answer = behaviour
    expect(await exchange()).toEqual(expected)
    // The same code is never sent twice, whatever went wrong.
    expect(received).toHaveLength(1)
  })

  it('SEC-074 reads no member from a prototype', async () => {
    answer = respond(200, '{"__proto__":{"access_token":"at","token_type":"Bearer","id_token":"it"},"constructor":{}}')
    expect(await exchange()).toEqual(refused('exchange_unavailable', 'access_token', 503))
  })

  it('sends nothing while the metadata cannot be had', async () => {
    const endpoints = async () => Promise.reject(new ProviderError('discovery_failed'))
    expect(await exchange({ ...provider, endpoints })).toEqual(refused('exchange_unavailable', 'discovery_failed', 503))
    expect(await refresh({ ...provider, endpoints })).toEqual(unavailable('discovery_failed'))
    expect(received).toEqual([])
  })

  it('F19 the form carries exactly what it was given, whatever the values', async () => {
    answer = respond(200, tokens)
    const value = fc.string({ unit: 'binary', minLength: 1 })
    await fc.assert(
      fc.asyncProperty(value, value, async (code, clientSecret) => {
        received = []
        await exchangeCode({ ...provider, clientSecret }, { ...login, code })
        expect(received[0]?.form).toMatchObject({ code, client_secret: clientSecret })
      }),
      { numRuns: 50 },
    )
  })
})

describe('refreshTokens', () => {
  it('sends the refresh token and the credentials as a form, and gives the tokens', async () => {
    answer = respond(200, tokens)
    expect(await refresh()).toMatchObject({ accessToken: 'at', idToken: 'it', refreshToken: 'rt', expiresIn: 299 })
    expect(received.map(({ form }) => form)).toEqual([
      {
        grant_type: 'refresh_token',
        refresh_token: 'canary-refresh',
        client_id: clientId,
        client_secret: 'canary+secret&=%é',
      },
    ])
  })

  it('SEC-187 accepts an answer with neither refresh token nor ID token', async () => {
    answer = respond(200, { access_token: 'at', token_type: 'Bearer' })
    const expected = {
      accessToken: 'at',
      idToken: undefined,
      refreshToken: undefined,
      expiresIn: undefined,
      scope: undefined,
    }
    expect(await refresh()).toEqual(expected)
  })

  it.each<[string, typeof answer, unknown]>([
    ['SEC-185 400 invalid_grant', respond(400, { error: 'invalid_grant' }), ended('invalid_grant')],
    ['SEC-185 401 invalid_grant', respond(401, { error: 'invalid_grant' }), ended('invalid_grant')],
    ['SEC-185 400 login_required', respond(400, { error: 'login_required' }), ended('login_required')],
    [
      'SEC-185 400 interaction_required',
      respond(400, { error: 'interaction_required' }),
      ended('interaction_required'),
    ],
    ['SEC-184 408', respond(408, ''), unavailable('status_408')],
    ['SEC-184 425', respond(425, ''), unavailable('status_425')],
    ['SEC-184 429 with Retry-After', respond(429, '', { 'retry-after': '17' }), unavailable('status_429', '17')],
    ['SEC-184 500', respond(500, ''), unavailable('status_500')],
    ['SEC-184 503 with Retry-After', respond(503, '', { 'retry-after': '30' }), unavailable('status_503', '30')],
    ['SEC-184 503 that says invalid_grant', respond(503, { error: 'invalid_grant' }), unavailable('status_503')],
    ['SEC-184 429 that says invalid_grant', respond(429, { error: 'invalid_grant' }), unavailable('status_429')],
    ['SEC-184 a reset', (response) => response.destroy(), unavailable('network')],
    ['SEC-184 a redirect', respond(302, '', { location: '/' }), unavailable('redirect')],
    ['SEC-184 HTML', respond(200, '<html>'), unavailable('malformed')],
    ['SEC-184 a 200 without access token', respond(200, { error: 'invalid_grant' }), unavailable('access_token')],
    ['SEC-184 404', respond(404, ''), unavailable('status_404')],
    ['SEC-184 400 without a word', respond(400, ''), unavailable('status_400')],
    ['SEC-184 400 with a word that nobody knows', respond(400, { error: 'canary' }), unavailable('status_400')],
    ['SEC-184 400 invalid_request', respond(400, { error: 'invalid_request' }), unavailable('invalid_request')],
    [
      'SEC-184 400 with an error that is no word',
      respond(400, { error: ['invalid_grant'] }),
      unavailable('status_400'),
    ],
    ['SEC-186 401 invalid_client', respond(401, { error: 'invalid_client' }), unavailable('invalid_client')],
    [
      'SEC-186 400 unauthorized_client',
      respond(400, { error: 'unauthorized_client' }),
      unavailable('unauthorized_client'),
    ],
    ['SEC-186 401 without a word', respond(401, ''), unavailable('status_401')],
  ])('%s', async (_label, behaviour, expected) => {
    answer = behaviour
    expect(await refresh()).toEqual(expected)
    expect(received).toHaveLength(1)
  })

  it('SEC-184 takes a name that cannot be resolved for an outage', async () => {
    const endpoints = async () => scalekitEndpoints('http://nowhere.invalid')
    const fetch = async () => Promise.reject(new TypeError('fetch failed', { cause: { code: 'ENOTFOUND' } }))
    expect(await refresh({ ...provider, endpoints, fetch })).toEqual(unavailable('network'))
  })
})

describe('a token endpoint that does not end', () => {
  const impatient = () => ({ ...provider, deadlines: { exchange: 0.2, refresh: 0.2, keys: 0.2 } })

  it.each<[string, typeof answer]>([
    ['SEC-069 SEC-184 a timeout', () => undefined],
    ['SEC-071 SEC-184 a slow drip', (response) => void response.writeHead(200).write('{')],
  ])('%s', async (_label, behaviour) => {
    answer = behaviour
    expect(await exchange(impatient())).toEqual(refused('exchange_unavailable', 'timeout', 503))
    expect(await refresh(impatient())).toEqual(unavailable('timeout'))
    expect(received).toHaveLength(2)
  })
})
