import type { CookieJar } from '../cookies/cookie-jar.js'
import { isScalegateError } from '../errors/scalegate-error.js'
import type { Authenticator } from './authentication.js'
import type { OpenedSession } from './session-record.js'

/**
 * The session of a navigation that is good without a doubt, else undefined: for routes that start a login, which a session
 * that cannot be decided now must not stop.
 */
export async function knownSession(authenticator: Authenticator, jar: CookieJar): Promise<OpenedSession | undefined> {
  try {
    const caller = await authenticator.authenticate(jar, { kind: 'navigation', method: 'GET' })
    return caller.status === 'authenticated' && !caller.stale ? caller.opened : undefined
  } catch (error) {
    if (isScalegateError(error)) return undefined
    throw error
  }
}
