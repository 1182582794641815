import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import { noNonce, verifyIdToken } from './id-token.js'
import {
  clientId,
  createTestIssuer,
  createTestKey,
  encodeMembers,
  idClaims,
  issuer,
  nonce,
  now,
  signCompact,
  type TestIssuer,
} from './test/test-issuer.js'

let test: TestIssuer
let stranger: CryptoKey

beforeAll(async () => {
  test = await createTestIssuer()
  stranger = (await createTestKey('snk_1')).privateKey
})

interface Draft {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What happens to the signature after the token was written. */
  readonly signature: 'right' | 'foreign key' | 'claims changed later' | 'cut'
}

type Mutation = (draft: Draft) => Draft

const header =
  (name: string, value: unknown): Mutation =>
  (draft) => ({ ...draft, header: { ...draft.header, [name]: value } })
const claim =
  (name: string, value: unknown): Mutation =>
  (draft) => ({ ...draft, claims: { ...draft.claims, [name]: value } })

const junk = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  'x',
  0,
  -1,
  2 ** 53,
  1.5,
  true,
  [],
  [7],
  {},
  [clientId],
  clientId,
)
const instant = fc.integer({ min: now - 800, max: now + 800 })

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc
    .tuple(fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jku', 'cty'), junk)
    .map(([name, value]) => header(name, value)),
  fc.constantFrom('none', 'HS256', 'PS256', 'rs256').map((alg) => header('alg', alg)),
  fc.constantFrom('jwt', 'application/jwt', 'at+jwt', 'logout+jwt').map((typ) => header('typ', typ)),
  fc
    .tuple(
      fc.constantFrom('iss', 'aud', 'azp', 'sub', 'exp', 'iat', 'nbf', 'nonce', 'auth_time', 'events', 'email'),
      junk,
    )
    .map(([name, value]) => claim(name, value)),
  fc.tuple(fc.constantFrom('exp', 'iat', 'nbf', 'auth_time'), instant).map(([name, value]) => claim(name, value)),
  fc.constantFrom(`${issuer}/`, issuer.toUpperCase(), 'https://evil.example').map((iss) => claim('iss', iss)),
  fc.subarray(['other', clientId, clientId]).map((aud) => claim('aud', aud)),
  fc
    .constantFrom<Draft['signature']>('foreign key', 'claims changed later', 'cut')
    .map((signature) => (draft: Draft) => ({ ...draft, signature })),
)

async function write({ header, claims, signature }: Draft): Promise<string> {
  const token = await signCompact(header, claims, signature === 'foreign key' ? stranger : test.privateKey)
  const [head, , sign] = token.split('.')
  if (signature === 'claims changed later') return `${head}.${encodeMembers({ ...claims, extra: 1 })}.${sign}`
  return signature === 'cut' ? token.slice(0, -4) : token
}

/** OIDC Core §2 and §3.1.3.7, RFC 8725 §3.1 and §3.11, written down again without a look at the code. */
function isIdToken({ header, claims, signature }: Draft, maxAge: number | undefined): boolean {
  const absent = (value: unknown) => value === undefined
  const time = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value < 2 ** 53
  const at = (value: unknown) => value as number
  const typ = typeof header.typ === 'string' ? header.typ.toLowerCase() : header.typ
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud]
  return [
    signature === 'right',
    header.alg === 'RS256',
    absent(header.crit),
    absent(header.b64),
    absent(header.kid) || header.kid === 'snk_1',
    absent(typ) || typ === 'jwt' || typ === 'application/jwt',
    claims.iss === issuer,
    audience.length > 0 && audience.every((member) => member === clientId),
    absent(claims.azp) || claims.azp === clientId,
    typeof claims.sub === 'string' && claims.sub !== '',
    time(claims.exp) && now - at(claims.exp) < 60,
    time(claims.iat) && at(claims.iat) - now <= 60 && now - at(claims.iat) <= 600,
    absent(claims.nbf) || (time(claims.nbf) && at(claims.nbf) - now <= 60),
    claims.nonce === nonce,
    absent(claims.auth_time) || time(claims.auth_time),
    absent(maxAge) ||
      (!absent(claims.auth_time) && now - at(claims.auth_time) <= at(maxAge) + 60 && at(claims.auth_time) <= now + 60),
    absent(claims.events),
  ].every(Boolean)
}

describe('F9', () => {
  it('accepts a mutated ID token exactly where the model does', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutations, { minLength: 0, maxLength: 3 }),
        fc.constantFrom(undefined, 0, 300),
        async (changes, maxAge) => {
          const good: Draft = {
            header: { alg: 'RS256', kid: 'snk_1', typ: 'JWT' },
            claims: idClaims({ auth_time: now - 10 }),
            signature: 'right',
          }
          const draft = changes.reduce((current, change) => change(current), good)
          const expected = isIdToken(draft, maxAge)
          const asked = maxAge === undefined ? { nonce } : { nonce, maxAge }
          const result = await verifyIdToken(test.provider, await write(draft), asked).then(
            () => true,
            (error: Error) => error.name !== 'TokenError',
          )
          if (result) accepted += 1
          return result === expected
        },
      ),
      { numRuns: 1000 },
    )
    // Both verdicts must have been seen often, or the property says nothing.
    if (accepted < 50 || accepted > 950) throw new Error(`accepted ${accepted} of 1000`)
  })

  it('a flipped bit anywhere in a token is refused', async () => {
    const token = await test.sign(idClaims())
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.integer({ min: 0, max: 6 }), async (index, bit) => {
        const changed =
          token.slice(0, index) + String.fromCharCode(token.charCodeAt(index) ^ (1 << bit)) + token.slice(index + 1)
        return verifyIdToken(test.provider, changed, { nonce }).then(
          () => false,
          (error: Error) => error.name === 'TokenError',
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('any text at all is refused with a TokenError', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'abcAB_-.=') }),
      fc.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    )
    await fc.assert(
      fc.asyncProperty(text, (token) =>
        verifyIdToken(test.provider, token, { nonce: noNonce }).then(
          () => false,
          (error: Error) => error.name === 'TokenError',
        ),
      ),
    )
  })
})
