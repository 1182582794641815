import { stringifySetCookie } from 'cookie'
import type { CookieAttributes } from './cookie-jar.js'

/** What seals and ids are made of. Anything else would need an encoding, which the reader does not undo. */
const plainValue = /^[\w.~*-]*$/

/**
 * One `Set-Cookie` value (RFC 6265bis §4.1), on the `cookie` package's serializer.
 *
 * @throws TypeError for a name, value or attribute that cannot be written as it stands, and for combinations that
 * browsers drop without a word: the prefixes' rules (§4.1.3), and `SameSite=None` without `Secure`.
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes): string {
  const { path, domain, secure, maxAge, sameSite } = attributes
  if (!plainValue.test(value)) throw new TypeError('A cookie value is made of letters, digits and "-._~*".')
  if (!path.startsWith('/')) throw new TypeError('The path of a cookie begins with "/".')
  if (name.startsWith('__Host-') && (domain !== undefined || path !== '/' || !secure)) {
    throw new TypeError('A "__Host-" cookie is Secure, has the path "/" and no domain.')
  }
  if (name.startsWith('__Secure-') && !secure) throw new TypeError('A "__Secure-" cookie is Secure.')
  if (sameSite === 'none' && !secure) throw new TypeError('A "SameSite=None" cookie is Secure.')
  return stringifySetCookie(name, value, {
    encode: (text) => text,
    path,
    secure,
    httpOnly: true,
    sameSite,
    ...(domain === undefined ? {} : { domain }),
    ...(maxAge === undefined ? {} : { maxAge }),
    // Next rewrites cookies where a hook has set one of its own, and drops an age of 0.
    ...(maxAge === 0 ? { expires: new Date(0) } : {}),
  })
}
