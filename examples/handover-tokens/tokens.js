import { createHash, randomBytes } from 'node:crypto'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'

const accessTokenLifetime = 15 * 60
const refreshTokenLifetime = 8 * 60 * 60

/**
 * The backend's own tokens: access tokens that it signs, and refresh tokens that it can take back. Key and table live in
 * this process; more than one process needs a key from outside and a table they share.
 */
export async function createTokens({ issuer, clock }) {
  const audience = `${issuer}/api`
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const refreshTokens = new Map()

  return {
    refreshTokenLifetime,

    /** The answer of a token endpoint (RFC 6749 §5.1). */
    async accessToken({ id, organizationId }) {
      const now = clock()
      const token = await new SignJWT({ org: organizationId })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setIssuedAt(now)
        .setExpirationTime(now + accessTokenLifetime)
        .sign(privateKey)
      return { access_token: token, token_type: 'Bearer', expires_in: accessTokenLifetime }
    },

    /** Who calls the API: the claims of a token that was made here, or undefined. */
    async verify(token) {
      const expected = { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], currentDate: new Date(clock() * 1000) }
      return jwtVerify(token, publicKey, expected).then(
        ({ payload }) => payload,
        () => undefined,
      )
    },

    issueRefreshToken(userId) {
      const token = randomBytes(32).toString('base64url')
      refreshTokens.set(digest(token), { userId, expiresAt: clock() + refreshTokenLifetime })
      return token
    },

    /** Whose refresh token this is. Its life is never extended: it ends with the working day, and SSO asks again. */
    ownerOf(token) {
      const found = refreshTokens.get(digest(token))
      return found !== undefined && found.expiresAt > clock() ? found.userId : undefined
    },

    revoke(token) {
      refreshTokens.delete(digest(token))
    },
  }
}

/** A stolen table opens nothing. */
function digest(token) {
  return createHash('sha256').update(token).digest('base64url')
}
