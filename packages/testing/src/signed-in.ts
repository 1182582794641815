import { type Environment, processEnvironment, type ScalegateOptions } from '@scalegate/core'
import { type ForgedSession, forgeSessionCookies } from '@scalegate/core/testing'

/** One cookie in the shape of Playwright's `context.addCookies`. */
export interface BrowserCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite: 'Lax' | 'None'
}

/** A person who is signed in, as a test hands it to the app. */
export interface SignedIn {
  /** The text of a `Cookie` header. */
  readonly cookie: string
  /**
   * The cookies for a real browser, with the attributes the kit sets.
   *
   * @param baseUrl - Where the browser visits the app; the configured base URL by default.
   * @throws TypeError where neither is known, or where a `__Host-` cookie is to go to a plain http address.
   */
  readonly cookies: (baseUrl?: string) => BrowserCookie[]
}

/**
 * Signs a person in without a login: the session cookie, sealed as the app under test seals it. Give the options and
 * the environment that the app has; the cookie secret, issuer, client and base URL are part of the seal.
 *
 * The session has no refresh token, so it ends with its access token (an hour by default), and nothing is fetched.
 *
 * @throws ConfigurationError configuration_invalid
 * @example
 * ```ts
 * const ada = await signedIn({ permissions: ['sk_org_users_read'] })
 * await request(app).get('/members').set('Cookie', ada.cookie).expect(200)
 * ```
 */
export async function signedIn(
  person: ForgedSession = {},
  options: ScalegateOptions = {},
  environment: Environment = processEnvironment(),
): Promise<SignedIn> {
  const pairs = [...(await forgeSessionCookies(person, options, environment))]
  return {
    cookie: pairs.map((pair) => pair.join('=')).join('; '),
    cookies(baseUrl = options.baseUrl ?? environment.APP_BASE_URL ?? environment.REDIRECT_URI) {
      if (baseUrl === undefined || !URL.canParse(baseUrl))
        throw new TypeError('Say where the browser visits the app: cookies("http://127.0.0.1:3000").')
      const { hostname, protocol } = new URL(baseUrl)
      const { domain, sameSite = 'lax' } = options.session ?? {}
      return pairs.map(([name, value]) => {
        // The kit prefixes exactly the cookies that it marks `Secure`.
        const secure = /^__(?:Host|Secure)-/.test(name)
        if (secure && protocol !== 'https:')
          throw new TypeError(`A browser takes ${name} over https only; the base URL of the options is https.`)
        return {
          name,
          value,
          domain: domain === undefined ? hostname : `.${domain}`,
          path: '/',
          httpOnly: true,
          secure,
          sameSite: sameSite === 'lax' ? 'Lax' : 'None',
        }
      })
    },
  }
}
