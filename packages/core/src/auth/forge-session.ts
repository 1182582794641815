import { collectingJar } from '../cookies/cookie-jar.js'
import { parseCookies } from '../cookies/parse-cookies.js'
import { encodeBase64url } from '../crypto/base64url.js'
import { randomToken } from '../crypto/random.js'
import type { Permission, Role } from '../model/register.js'
import type { User } from '../model/session.js'
import { type Environment, processEnvironment } from '../options/environment.js'
import { resolveOptions } from '../options/resolve-options.js'
import type { ScalegateOptions } from '../options/scalegate-options.js'
import { opened } from '../session/session-record.js'
import { createServices } from './services.js'

/** Who is to be signed in. What is left out is left out of the session. */
export interface ForgedSession {
  /** @defaultValue `{ id: 'usr_test', email: 'test@app.example', name: 'Test User' }` */
  readonly user?: Partial<User>
  readonly organizationId?: string
  /** The provider's session id, to which a logout token refers. @defaultValue a random one */
  readonly sid?: string
  readonly roles?: readonly Role[]
  readonly permissions?: readonly Permission[]
  /** Custom claims of the access token. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** NumericDate. @defaultValue now */
  readonly loggedInAt?: number
  /** When the person proved who they are, for guards of recent logins. NumericDate. @defaultValue `loggedInAt` */
  readonly authenticatedAt?: number
  /** Seconds until the access token, and with it this session, ends: there is nothing to refresh it with. @defaultValue 3600 */
  readonly expiresIn?: number
}

/**
 * The session cookies of a person who never logged in, by name, sealed as the app with the same options and environment
 * seals them. For tests: whoever has the cookie secret can be anybody.
 *
 * @throws ConfigurationError configuration_invalid
 */
export async function forgeSessionCookies(
  person: ForgedSession = {},
  options: ScalegateOptions = {},
  environment: Environment = processEnvironment(),
): Promise<ReadonlyMap<string, string>> {
  const { cookie, clock, options: resolved } = createServices(resolveOptions(options, environment))
  const { id: sub = 'usr_test', ...profile } = person.user ?? { email: 'test@app.example', name: 'Test User' }
  const now = clock()
  const { expiresIn = 3600, loggedInAt = now, sid = `ses_${randomToken()}`, organizationId: oid } = person
  const expiresAt = now + expiresIn
  const common = { iss: resolved.issuer, aud: [resolved.clientId], sub, sid, iat: loggedInAt, exp: expiresAt }
  const session = opened({
    v: 1,
    id: randomToken(),
    accessToken: unsigned({
      ...person.claims,
      ...common,
      oid,
      roles: person.roles ?? [],
      permissions: person.permissions ?? [],
    }),
    idToken: unsigned({ ...common, oid, ...idClaims(profile) }),
    accessTokenExpiresAt: expiresAt,
    loggedInAt,
    authenticatedAt: person.authenticatedAt ?? loggedInAt,
    // Confirmed to its end: the app under test may start after the cookie was made, and has nobody to ask.
    confirmedAt: expiresAt,
    forged: true,
    seenAt: now,
    expiresAt,
  })
  if (session === undefined) throw new TypeError('This person cannot be put into a token.')
  const jar = collectingJar(null)
  await cookie.write(jar, session)
  return parseCookies(jar.setCookies().map(pairOf).join('; ')).first
}

function idClaims(profile: Omit<Partial<User>, 'id'>): Record<string, unknown> {
  const { email, emailVerified = email !== undefined, name, givenName, familyName, picture, locale } = profile
  return {
    email,
    email_verified: emailVerified,
    name,
    given_name: givenName,
    family_name: familyName,
    picture,
    locale,
  }
}

/** In the shape of a JWT. The seal vouches for it as it does for tokens that were verified when they came. */
function unsigned(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => encodeBase64url(new TextEncoder().encode(JSON.stringify(value)))
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part('forged')}`
}

function pairOf(setCookie: string): string {
  return setCookie.slice(0, setCookie.indexOf(';'))
}
