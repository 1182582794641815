import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** A key pair of the attacker's own. */
export interface ForeignKey {
  readonly privateKey: KeyObject
  readonly jwk: Readonly<Record<string, unknown>>
}

export function foreignKey(bits = 2048): ForeignKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  return { privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

function encode(part: unknown): string {
  const text = typeof part === 'string' ? part : JSON.stringify(part)
  return Buffer.from(text, 'utf8').toString('base64url')
}

export type Signer = (input: string) => string

export const unsigned: Signer = () => ''

export function rs256({ privateKey }: ForeignKey): Signer {
  return (input) =>
    sign('sha256', Buffer.from(input), { key: privateKey, padding: constants.RSA_PKCS1_PADDING }).toString('base64url')
}

/** HMAC with whatever bytes: a client secret, or a public key that was meant for RS256. */
export function hs256(key: string | Buffer): Signer {
  return (input) => createHmac('sha256', key).update(input).digest('base64url')
}

/** A JWS compact serialization with any header, any payload and any signature (RFC 7515 §7.1). */
export function forge(header: unknown, payload: unknown, signer: Signer): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${signer(input)}`
}

/** The payload of a token, unverified. */
export function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
}
