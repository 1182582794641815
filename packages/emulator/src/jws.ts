import { constants, createHmac, type KeyObject, sign } from 'node:crypto'
import { compactVerify } from 'jose'
import type { SigningKeys } from './state/keys.js'

/** `RS256` is what the environment uses; the others are for tokens that must be refused. */
export const jwsAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'HS256', 'none'] as const
/** One of {@link jwsAlgorithms}. */
export type JwsAlgorithm = (typeof jwsAlgorithms)[number]

/** The members of a token's payload or header. */
export type Claims = Readonly<Record<string, unknown>>

const hashes = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512', PS256: 'sha256' } as const

/**
 * Signs whatever it is given, also headers and payloads that a proper library refuses: the emulator's job includes
 * making bad tokens (RFC 7515 §7.1). A string payload is signed as it stands.
 */
export function signCompact(token: {
  readonly header: Claims
  readonly payload: Claims | string
  readonly algorithm: JwsAlgorithm
  readonly key: KeyObject | string
}): string {
  const payload = typeof token.payload === 'string' ? token.payload : JSON.stringify(token.payload)
  const input = `${base64url(JSON.stringify(token.header))}.${base64url(payload)}`
  return `${input}.${signature(token.algorithm, input, token.key)}`
}

/** Claims of a token that one of the environment's keys signed, the withdrawn ones included. Nothing else is checked. */
export async function verifySignature(token: string, keys: SigningKeys): Promise<Claims | undefined> {
  try {
    const { payload } = await compactVerify(
      token,
      (header) => {
        const key = keys.find(header.kid)
        if (key === undefined) throw new Error('unknown kid')
        return key.publicKey
      },
      { algorithms: ['RS256'] },
    )
    return JSON.parse(new TextDecoder().decode(payload)) as Claims
  } catch {
    // Whatever is wrong with a token from outside, it is not one of ours.
    return undefined
  }
}

/** Claims of a token that this process has just made. */
export function claimsOf(token: string): Claims {
  const payload = token.split('.')[1] ?? ''
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims
}

function signature(algorithm: JwsAlgorithm, input: string, key: KeyObject | string): string {
  if (algorithm === 'none') return ''
  if (algorithm === 'HS256') {
    if (typeof key !== 'string') throw new TypeError('HS256 needs a secret')
    return createHmac('sha256', key).update(input).digest('base64url')
  }
  if (typeof key === 'string') throw new TypeError(`${algorithm} needs a private key`)
  const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST
  return sign(hashes[algorithm], Buffer.from(input), { key, padding, saltLength }).toString('base64url')
}

function base64url(value: string): string {
  return Buffer.from(value, 'utf8').toString('base64url')
}
