import { exportSPKI, generateKeyPair } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { readCompactJwt, verifyCompactJwt } from './compact-jwt.js'
import { createKeySet } from './key-set.js'
import {
  createTestIssuer,
  createTestKey,
  createTestProvider,
  encodeMembers,
  idClaims,
  type Members,
  now,
  signCompact,
  type TestIssuer,
} from './test/test-issuer.js'

let test: TestIssuer
let otherKey: Awaited<ReturnType<typeof createTestKey>>

beforeAll(async () => {
  test = await createTestIssuer()
  otherKey = await createTestKey('snk_2')
})

const rules = { code: 'token_invalid', typ: [undefined, 'jwt'] } as const

/** `accepted`, or the reason of the refusal; anything but a TokenError of the asked code is not caught. */
async function verdict(token: string, provider = test.provider): Promise<string> {
  try {
    await verifyCompactJwt(provider, token, rules)
    return 'accepted'
  } catch (error) {
    expect(error).toMatchObject({ name: 'TokenError', code: 'token_invalid', status: 401 })
    return (error as { reason: string }).reason
  }
}

const payload = (changes = {}) => encodeMembers(idClaims(changes))
const header = (changes = {}) => encodeMembers({ alg: 'RS256', kid: 'snk_1', typ: 'JWT', ...changes })

describe('verifyCompactJwt: algorithms', () => {
  it('accepts RS256 and gives the payload', async () => {
    const claims = await verifyCompactJwt(test.provider, await test.sign(idClaims()), rules)
    expect({ ...claims }).toEqual(idClaims())
  })

  it.each(['none', 'None', 'nOnE', 'NONE', '', null, 0, ['RS256'], 'rs256', undefined])(
    'SEC-081 refuses alg %j, with and without a signature',
    async (alg) => {
      const signed = await test.sign(idClaims(), { alg })
      expect(await verdict(signed)).toBe('alg')
      expect(await verdict(`${header({ alg })}.${payload()}.`)).toBe('malformed')
    },
  )

  it.each<[string, () => Promise<Uint8Array>]>([
    ['SEC-082 the public key as PEM', async () => new TextEncoder().encode(await exportSPKI(await publicKey()))],
    [
      'SEC-082 the public key as DER',
      async () => new Uint8Array(await crypto.subtle.exportKey('spki', await publicKey())),
    ],
    ['SEC-082 the public key as JWK', async () => new TextEncoder().encode(JSON.stringify(test.jwk))],
    ['SEC-083 the client secret', async () => new TextEncoder().encode(test.provider.clientSecret)],
  ])('%s is no HMAC key', async (_label, secret) => {
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('raw', Buffer.from(await secret()), hmac, false, ['sign'])
    expect(await verdict(await signCompact(header({ alg: 'HS256' }), idClaims(), key))).toBe('malformed')
    expect(await verdict(await signCompact({ alg: 'HS256', kid: 'snk_1' }, idClaims(), key))).toBe('alg')
    // The header lies about the algorithm, too.
    expect(await verdict(await signCompact({ alg: 'RS256', kid: 'snk_1' }, idClaims(), key))).toBe('signature')
  })

  it.each([
    ['RS384', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' }],
    ['PS256', { name: 'RSA-PSS', hash: 'SHA-256' }],
    ['RS512', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }],
  ])('SEC-084 refuses %s with a key of the set', async (alg, algorithm) => {
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', test.privateKey)
    const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
    const how = { ...algorithm, saltLength: 32 }
    expect(await verdict(await signCompact({ alg, kid: 'snk_1' }, idClaims(), key, how))).toBe('alg')
    expect(await verdict(await signCompact({ alg: 'RS256', kid: 'snk_1' }, idClaims(), key, how))).toBe('signature')
  })

  it.each(['ES256', 'EdDSA'])('SEC-084 refuses %s, also with its key in the set', async (alg) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'snk_9', alg }
    const algorithm = alg === 'ES256' ? { name: 'ECDSA', hash: 'SHA-256' } : privateKey.algorithm
    const token = await signCompact({ alg, kid: 'snk_9' }, idClaims(), privateKey, algorithm)
    const lying = await signCompact({ alg: 'RS256', kid: 'snk_9' }, idClaims(), privateKey, algorithm)
    const provider = createTestProvider([test.jwk, jwk])
    expect(await verdict(token, provider)).toBe('alg')
    expect(await verdict(lying, provider)).toBe('key_unknown')
  })

  it.each([
    ['all zero, as for CVE-2022-21449', new Uint8Array(64)],
    ['all zero, as long as ours', new Uint8Array(256)],
    ['one byte', new Uint8Array(1)],
    ['too long', new Uint8Array(257).fill(1)],
  ])('SEC-109 refuses a signature that is %s', async (_label, signature) => {
    const token = `${header()}.${payload()}.${Buffer.from(signature).toString('base64url')}`
    expect(await verdict(token)).toBe('signature')
  })

  it('SEC-220 refuses a token whose payload was changed, and one of another key', async () => {
    const [head, , signature] = (await test.sign(idClaims())).split('.')
    expect(await verdict(`${head}.${payload({ sub: 'usr_2' })}.${signature}`)).toBe('signature')
    expect(await verdict(await test.sign(idClaims(), {}, otherKey.privateKey))).toBe('signature')
  })
})

describe('verifyCompactJwt: keys', () => {
  it.each<[string, unknown, string, number]>([
    ['unknown', 'snk_unknown', 'key_unknown', 1],
    ['empty', '', 'key_unknown', 0],
    ['of 10 KB', 'k'.repeat(10_000), 'key_unknown', 0],
    ['a path', '../../etc/passwd', 'key_unknown', 1],
    ['SQL', "' OR 1=1", 'key_unknown', 1],
    ['__proto__', '__proto__', 'key_unknown', 1],
    ['constructor', 'constructor', 'key_unknown', 1],
    ['a number', 1, 'key_unknown', 0],
    ['an array', ['snk_1'], 'key_unknown', 0],
    ['null', null, 'key_unknown', 0],
  ])('SEC-085 refuses a kid that is %s, with at most one fetch', async (_label, kid, reason, fetches) => {
    let count = 0
    const fetch = async () => {
      count += 1
      return new Response(JSON.stringify({ keys: [test.jwk] }))
    }
    const keys = createKeySet({ url: async () => 'https://auth.example/keys', fetch, clock: () => now, deadline: 5 })
    expect(await verdict(await test.sign(idClaims(), { kid }), createTestProvider([], { keys }))).toBe(reason)
    expect(count).toBe(fetches)
  })

  it('SEC-086 accepts a token without kid where there is one key', async () => {
    expect(await verdict(await test.sign(idClaims(), { kid: undefined }))).toBe('accepted')
  })

  it('SEC-087 refuses a token without kid where there are several keys', async () => {
    const provider = createTestProvider([test.jwk, otherKey.jwk])
    expect(await verdict(await test.sign(idClaims(), { kid: undefined }), provider)).toBe('key_unknown')
  })

  it('SEC-088 neither believes nor fetches keys that the header brings', async () => {
    let fetched: string[] = []
    const provider = createTestProvider([test.jwk], {
      fetch: async (input) => {
        fetched = [...fetched, input]
        return new Response('{}')
      },
    })
    const header = {
      jwk: otherKey.jwk,
      jku: 'https://evil.example/keys',
      x5u: 'https://evil.example/cert',
      x5c: ['MIIB'],
      x5t: 'x',
    }
    expect(await verdict(await test.sign(idClaims(), header, otherKey.privateKey), provider)).toBe('signature')
    expect(await verdict(await test.sign(idClaims(), header), provider)).toBe('accepted')
    expect(fetched).toEqual([])
  })

  it('SEC-239 leaves an outage of the key set what it is', async () => {
    const keys = createKeySet({
      url: async () => 'https://auth.example/keys',
      fetch: async () => new Response('', { status: 503 }),
      clock: () => now,
      deadline: 5,
    })
    const attempt = verifyCompactJwt({ keys }, await test.sign(idClaims()), rules)
    await expect(attempt).rejects.toMatchObject({ name: 'ProviderError', code: 'keys_unavailable', status: 503 })
  })
})

describe('verifyCompactJwt: header', () => {
  it.each([
    ['crit with a name', { crit: ['x'], x: 1 }],
    ['crit with b64', { crit: ['b64'], b64: true }],
    ['an empty crit', { crit: [] }],
    ['a crit of null', { crit: null }],
    ['b64 false', { b64: false }],
    ['b64 true', { b64: true }],
  ])('SEC-089 refuses %s', async (_label, changes) => {
    expect(await verdict(await test.sign(idClaims(), changes))).toBe('crit')
  })

  it.each<[string, unknown, string]>([
    ['JWT', 'JWT', 'accepted'],
    ['no typ', undefined, 'accepted'],
    ['lower case', 'jwt', 'accepted'],
    ['a full media type', 'application/JWT', 'accepted'],
    ['logout+jwt', 'logout+jwt', 'typ'],
    ['application/logout+jwt', 'application/logout+jwt', 'typ'],
    ['at+jwt', 'at+jwt', 'typ'],
    ['an empty typ', '', 'typ'],
    ['null', null, 'typ'],
    ['a number', 1, 'typ'],
    ['an array', ['JWT'], 'typ'],
    ['"undefined"', 'undefined', 'typ'],
  ])('SEC-104 judges the type by its name: %s', async (_label, typ, expected) => {
    expect(await verdict(await test.sign(idClaims(), { typ }))).toBe(expected)
  })

  it.each<[string, Members, Members]>([
    ['iss in the payload', withTwice(idClaims(), 'iss', 'https://evil.example'), {}],
    ['sub, escaped', withTwice(idClaims(), '\\u0073ub', 'usr_2'), {}],
    ['a member inside a claim', JSON.stringify(idClaims({ act: 0 })).replace('"act":0', '"act":{"sub":1,"sub":2}'), {}],
    ['alg in the header', idClaims(), '{"alg":"none","kid":"snk_1","alg":"RS256"}'],
  ])('SEC-103 refuses %s twice', async (_label, claims, header) => {
    expect(await verdict(await test.sign(claims, header))).toBe('duplicate_member')
  })
})

describe('verifyCompactJwt: form', () => {
  it('SEC-106 refuses over 16 KB before anything is decoded', async () => {
    const fitting = await test.sign(idClaims({ filler: 'x'.repeat(11_000) }))
    expect(fitting.length).toBeLessThan(16_384)
    expect(await verdict(fitting)).toBe('accepted')
    expect(await verdict(await test.sign(idClaims({ filler: 'x'.repeat(12_500) })))).toBe('too_large')
    expect(await verdict('.'.repeat(1_000_000))).toBe('too_large')
  })

  it('SEC-106 survives deep nesting', async () => {
    expect(await verdict(await test.sign(withTwice({}, 'a', 0).replace('0', '['.repeat(11_000))))).toBe('malformed')
    const deep = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect(['accepted', 'malformed']).toContain(await verdict(await test.sign(deep)))
  })

  it.each<[string, (token: string) => string]>([
    ['nothing', () => ''],
    ['two parts', (token) => token.split('.').slice(0, 2).join('.')],
    ['four parts', (token) => `${token}.AA`],
    ['SEC-221 five parts (encrypted)', (token) => `${token}.AA.AA`],
    ['an empty header', (token) => token.replace(/^[^.]+/, '')],
    ['an empty payload', (token) => token.replace(/\.[^.]+\./, '..')],
    ['an empty signature', (token) => token.replace(/[^.]+$/, '')],
    ['padding', (token) => `${token}==`],
    ['the alphabet of base64', (token) => token.replace(/[^.]+$/, (signature) => `${signature.slice(0, -4)}+/AA`)],
    ['a line break at the end', (token) => `${token}\n`],
    ['a space at the end', (token) => `${token} `],
    ['a space before', (token) => ` ${token}`],
    ['a NUL inside', (token) => token.replace('.', '\0.')],
    ['another spelling of the same signature', respellSignature],
  ])('SEC-107 refuses %s', async (_label, change) => {
    expect(await verdict(change(await test.sign(idClaims())))).toBe('malformed')
  })

  it.each<[string, Members, Members]>([
    ['a byte order mark in the payload', `\ufeff${JSON.stringify(idClaims())}`, {}],
    ['a byte order mark in the header', idClaims(), '\ufeff{"alg":"RS256","kid":"snk_1"}'],
    ['SEC-108 an array', '[]', {}],
    ['SEC-108 a string', '"x"', {}],
    ['SEC-108 a number', '1', {}],
    ['SEC-108 null', 'null', {}],
    ['SEC-108 a header that is an array', idClaims(), '[]'],
    ['text that is no JSON', '{', {}],
  ])('SEC-107 refuses %s', async (_label, claims, header) => {
    expect(await verdict(await test.sign(claims, header))).toBe('malformed')
  })

  it('SEC-107 refuses a payload that is not UTF-8', async () => {
    const input = `${header()}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}`
    const signature = await crypto.subtle.sign(test.privateKey.algorithm, test.privateKey, Buffer.from(input))
    expect(await verdict(`${input}.${Buffer.from(signature).toString('base64url')}`)).toBe('malformed')
  })

  it('SEC-108 reads no claim from a prototype', () => {
    const token = `${header()}.${encodeMembers('{"__proto__":{"sub":"usr_1"}}')}.AA`
    const jwt = readCompactJwt(token)
    if (typeof jwt === 'string') throw new Error(jwt)
    expect(jwt.payload.sub).toBeUndefined()
    expect(jwt.payload.toString).toBeUndefined()
    expect(Object.getPrototypeOf(jwt.payload)).toBeNull()
    expect({}).not.toHaveProperty('sub')
  })
})

async function publicKey(): Promise<CryptoKey> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { n, e } = test.jwk as { n: string; e: string }
  return crypto.subtle.importKey('jwk', { kty: 'RSA', n, e }, algorithm, true, ['verify'])
}

/** The same claims with one more member, whose name is written exactly so. */
function withTwice(claims: Record<string, unknown>, name: string, value: unknown): string {
  const text = JSON.stringify(claims)
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}"${name}":${JSON.stringify(value)}}`
}

/** The last character of 256 bytes carries two bits; another one with the same two is the same signature to `atob`. */
function respellSignature(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const other = alphabet[alphabet.indexOf(token.at(-1)!) + 1]!
  const respelt = token.slice(0, -1) + other
  expect(Buffer.from(respelt.split('.')[2]!, 'base64url')).toEqual(Buffer.from(token.split('.')[2]!, 'base64url'))
  return respelt
}
