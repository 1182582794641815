import type { CookieJar } from '../cookies/cookie-jar.js'
import { isScalegateError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import { createEndSessionUrl } from '../protocol/end-session-request.js'
import type { Provider } from '../protocol/provider.js'
import { revokeRefreshToken } from '../protocol/token-revocation.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { SessionCookie } from './session-cookie.js'
import { type OpenedSession, revocable } from './session-record.js'

/** What a log-out may be told. */
export interface LogoutCall {
  /** The ID token of the login, where the app keeps the session itself (`handOver`): Scalekit then does not ask. */
  readonly idTokenHint?: string
}

export interface SessionEnder {
  /**
   * Ends the session of this browser here, and gives the address at which the browser ends it at the provider
   * (OIDC RP-Initiated Logout 1.0 §2). Works without a session too: there may still be one at the provider.
   */
  readonly end: (jar: CookieJar, options?: LogoutCall) => Promise<URL>
  /**
   * Ends a session whose browser has another one now, also in every copy of its cookie (attack row 76). Its refresh
   * token is withdrawn, so that a restart of this process does not bring a copy back; not within one session of the
   * provider, because what else a provider ends with a token is not documented, and the new session lives there.
   *
   * @throws StoreError store_unavailable
   */
  readonly replace: (before: OpenedSession, now: OpenedSession) => Promise<void>
}

export function createSessionEnder(input: {
  readonly provider: Provider
  readonly cookie: SessionCookie
  readonly marks: RevocationMarks
  readonly postLogoutRedirectUri: string
  readonly sessionName: (opened: OpenedSession) => Promise<string>
  readonly emit: Emit
}): SessionEnder {
  const { provider, cookie, marks, postLogoutRedirectUri, sessionName, emit } = input
  return {
    async end(jar, { idTokenHint } = {}) {
      const read = await cookie.read(jar)
      const opened = read.status === 'open' ? read.opened : undefined
      // First, because it throws where no cookie can leave: then nothing has ended.
      if (!jar.writable) cookie.clear(jar)
      // A request still under way, or a copied cookie, must not bring it back. The cookie goes when that is certain, so
      // that whoever could not be logged out can try again.
      if (opened !== undefined) await revoke(opened)
      cookie.clear(jar)
      emit('logout', { session: opened === undefined ? undefined : await sessionName(opened) })
      const endpoints = await provider.endpoints().catch(unknownEndpoints)
      if (endpoints === undefined) return new URL(postLogoutRedirectUri)
      if (opened !== undefined) await withdraw(opened)
      return createEndSessionUrl(endpoints, {
        clientId: provider.clientId,
        postLogoutRedirectUri,
        // An expired hint still serves (RP-Initiated Logout §2).
        ...hint(idTokenHint ?? opened?.record.idToken),
      })
    },
    async replace(before, now) {
      const { id, sid, sub, loggedInAt } = revocable(before)
      await marks.revoke({ session: id }, loggedInAt)
      await cookie.forget(before)
      const sameSession = sub === revocable(now).sub && sid === revocable(now).sid
      if (!sameSession) await withdraw(before)
    },
  }

  async function withdraw({ record: { refreshToken } }: OpenedSession): Promise<void> {
    if (refreshToken !== undefined) await revokeRefreshToken(provider, refreshToken)
  }

  async function revoke(opened: OpenedSession): Promise<void> {
    const { id, sid, loggedInAt } = revocable(opened)
    // At the login itself, by the provider's clock: a later login of the same `sid` is another one.
    await marks.revoke({ session: id }, loggedInAt)
    if (sid !== undefined) await marks.revoke({ sid }, loggedInAt)
    await cookie.forget(opened)
  }
}

/** The session here has ended; where the one at the provider does is not known now, and no reason to fail (attack row 204). */
function unknownEndpoints(error: unknown): undefined {
  if (!isScalegateError(error, 'discovery_failed')) throw error
}

function hint(idToken: string | undefined): { idTokenHint?: string } {
  return idToken === undefined ? {} : { idTokenHint: idToken }
}
