import { describe, expect, it } from 'vitest'
import type { Fetch } from '../http/fetch-json.js'
import { createDiscovery } from './discovery.js'
import { issuer, now } from './test/test-issuer.js'

const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks.json`,
  end_session_endpoint: `${issuer}/logout`,
  authorization_response_iss_parameter_supported: true,
}

interface Bench {
  readonly discover: ReturnType<typeof createDiscovery>
  answer: Fetch
  time: number
  asked: string[]
}

function bench(answer: Fetch, of = issuer): Bench {
  const state: Bench = {
    answer,
    time: now,
    asked: [],
    discover: createDiscovery({
      issuer: of,
      fetch: async (input, init) => {
        state.asked.push(input)
        return state.answer(input, init)
      },
      clock: () => state.time,
      deadline: 1,
    }),
  }
  return state
}

const publish =
  (changes: Record<string, unknown> = {}): Fetch =>
  async () =>
    Response.json({ ...metadata, ...changes })

const failure = { name: 'ProviderError', code: 'discovery_failed', status: 503 }

describe('createDiscovery', () => {
  it('reads the endpoints, once a day', async () => {
    const test = bench(publish())
    const expected = {
      authorization: `${issuer}/authorize`,
      token: `${issuer}/token`,
      keys: `${issuer}/jwks.json`,
      endSession: `${issuer}/logout`,
      revocation: undefined,
      issParameterSupported: true,
    }
    expect(await Promise.all([test.discover(), test.discover()])).toEqual([expected, expected])
    test.time = now + 86_399
    await test.discover()
    expect(test.asked).toEqual([`${issuer}/.well-known/openid-configuration`])
    test.time = now + 86_400
    test.answer = publish({ token_endpoint: `${issuer}/token2` })
    expect((await test.discover()).token).toBe(`${issuer}/token2`)
  })

  it.each([
    ['absent', undefined, false],
    ['"true"', 'true', false],
    ['true', true, true],
  ])('requires iss in the response only where it is promised: %s', async (_label, value, expected) => {
    const test = bench(publish({ authorization_response_iss_parameter_supported: value }))
    expect((await test.discover()).issParameterSupported).toBe(expected)
  })

  it("takes Scalekit's own path where the metadata has no end session endpoint", async () => {
    expect((await bench(publish({ end_session_endpoint: undefined })).discover()).endSession).toBe(
      `${issuer}/oidc/logout`,
    )
  })

  it('removes a slash at the end of the issuer from the address only', async () => {
    const test = bench(publish({ issuer: `${issuer}/` }), `${issuer}/`)
    await test.discover()
    expect(test.asked).toEqual([`${issuer}/.well-known/openid-configuration`])
  })

  it.each<[string, Record<string, unknown>]>([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['the issuer with a slash', { issuer: `${issuer}/` }],
    ['the issuer in capitals', { issuer: issuer.toUpperCase() }],
    ['no issuer', { issuer: undefined }],
    ['keys on another origin', { jwks_uri: 'https://evil.example/keys' }],
    ['keys over plain http', { jwks_uri: issuer.replace('https', 'http') }],
    ['keys at the metadata address of a cloud', { jwks_uri: 'http://169.254.169.254/' }],
    ['keys on another port', { jwks_uri: `${issuer}:8443/keys` }],
    ['keys on a host that only begins alike', { jwks_uri: `${issuer}.evil.example/keys` }],
    ['keys with a user name', { jwks_uri: 'https://user@auth.example/keys' }],
    ['keys with a password', { jwks_uri: 'https://:secret@auth.example/keys' }],
    ['a relative address', { jwks_uri: '/keys' }],
    ['no keys', { jwks_uri: undefined }],
    ['a token endpoint on another origin', { token_endpoint: 'https://evil.example/token' }],
    ['a token endpoint that is a list', { token_endpoint: [`${issuer}/token`] }],
    ['an authorization endpoint on another origin', { authorization_endpoint: 'https://evil.example/authorize' }],
    ['an authorization endpoint with a fragment', { authorization_endpoint: `${issuer}/authorize#x` }],
    ['an end session endpoint on another origin', { end_session_endpoint: 'https://evil.example/logout' }],
    ['a script as end session endpoint', { end_session_endpoint: 'javascript:alert(1)' }],
  ])('SEC-125 refuses metadata with %s', async (_label, changes) => {
    await expect(bench(publish(changes)).discover()).rejects.toMatchObject(failure)
  })

  it.each<[string, Fetch, number]>([
    ['404 with good metadata', async () => Response.json(metadata, { status: 404 }), 1],
    ['500 with good metadata', async () => Response.json(metadata, { status: 500 }), 2],
    ['a redirect', async () => Response.redirect('https://evil.example', 302), 1],
    ['HTML', async () => new Response('<html>'), 1],
    ['too much', async () => Response.json({ ...metadata, filler: 'x'.repeat(300_000) }), 1],
    ['a refused connection', async () => Promise.reject(new TypeError('fetch failed')), 2],
  ])('SEC-357 fails on %s, asking no more often than it may', async (_label, answer, requests) => {
    const test = bench(answer)
    await expect(test.discover()).rejects.toMatchObject(failure)
    await expect(test.discover()).rejects.toMatchObject(failure)
    expect(test.asked.length).toBe(requests)
    test.time = now + 5
    test.answer = publish()
    expect((await test.discover()).token).toBe(`${issuer}/token`)
  })

  it('goes on with what it knows while new metadata cannot be had or used', async () => {
    const test = bench(publish())
    await test.discover()
    for (const [after, answer] of [
      [86_400, async () => new Response('', { status: 404 })],
      [90_000, publish({ issuer: 'https://evil.example' })],
    ] as const) {
      test.time = now + after
      test.answer = answer
      expect((await test.discover()).token).toBe(`${issuer}/token`)
    }
    expect(test.asked.length).toBe(3)
  })

  it('a clock that is set back does not keep metadata for longer', async () => {
    const test = bench(publish())
    await test.discover()
    test.time = now - 3600
    await test.discover()
    expect(test.asked.length).toBe(2)
  })
})
