import type { UserSession } from '@scalegate/core/management'
import {
  definePlugin,
  isScalegateError,
  managementClient,
  type Plugin,
  PluginError,
  type PluginKit,
  type Requirement,
  type Session,
} from '@scalegate/core/plugin'
import { isActive, type OwnSession, ownSession } from './own-session.js'

export interface SessionsOptions {
  /**
   * Seconds since the person last proved who they are, at the most, for ending sessions; 30 or more. Whoever sits at a device
   * that was left open could otherwise shut its owner out everywhere else. @defaultValue no limit
   */
  readonly recentLogin?: number
}

/** `auth.sessions`. Each helper is about the person of the session, and may throw ManagementError. */
export interface SessionsApi {
  /** The active ones, of every app of the environment: the current one first, the others by their last activity. */
  list(session: Session): Promise<readonly OwnSession[]>
  /**
   * Ends one at Scalekit and here at once; the other apps hear of it by back-channel logout. The current one too, which is a
   * logout of this browser.
   *
   * @throws PluginError session_not_found (404), the same for what does not exist and for somebody else's; recent_login_needed
   * (403)
   */
  revoke(session: Session, id: string): Promise<void>
  /**
   * Ends all but the current one, 10,000 at the most; says how many. Where one cannot be ended the others are all the same, and
   * it throws.
   *
   * @throws PluginError current_session_unknown (409), recent_login_needed (403)
   */
  revokeOthers(session: Session): Promise<{ readonly revoked: number }>
}

/** More than anybody has; a list without end would be one call without end. */
const mostSessions = 500
const mostLists = 20

/**
 * The caller's own sessions as a plugin, for full-stack auth: `GET sessions`, `POST sessions/revoke` with `session_id`, `POST
 * sessions/revoke-others`, and the helpers above. Nobody needs a permission for what is their own.
 *
 * @throws RangeError for a number of seconds that is none.
 */
export function sessions(options: SessionsOptions = {}): Plugin<'sessions', SessionsApi> {
  const { recentLogin } = options
  if (recentLogin !== undefined && !(recentLogin >= 30 && Number.isFinite(recentLogin)))
    throw new RangeError('sessions({ recentLogin }) must be seconds, 30 or more.')
  return definePlugin({
    name: 'sessions',
    setUp(kit) {
      const api = sessionsApi(kit, recentLogin)
      const ending: Requirement = recentLogin === undefined ? {} : { recentLogin }
      return {
        api,
        routes: {
          sessions: {
            get: {
              requires: {},
              answer: async ({ session }) => Response.json({ sessions: await api.list(session) }),
            },
          },
          'sessions/revoke': {
            post: {
              requires: ending,
              async answer(call) {
                const fields = await call.fields()
                await api.revoke(call.session, fields.one('session_id') ?? '')
                return call.done({ revoked: 1 })
              },
            },
          },
          'sessions/revoke-others': {
            post: {
              requires: ending,
              async answer(call) {
                // Read for `return_to`.
                await call.fields()
                return call.done(await api.revokeOthers(call.session))
              },
            },
          },
        },
      }
    },
  })
}

function sessionsApi(kit: PluginKit, recentLogin: number | undefined): SessionsApi {
  const scalekit = managementClient(kit)
  const active = async (userId: string, except: ReadonlySet<string> = new Set()): Promise<readonly UserSession[]> => {
    const found: UserSession[] = []
    for await (const one of scalekit().sessions.list({ userId, status: ['active'] }, { pageSize: 100 })) {
      // What is answered decides, whatever the filter did.
      if (isActive(one) && (one.userId ?? userId) === userId && !except.has(one.sessionId)) found.push(one)
      if (found.length === mostSessions) break
    }
    return found
  }
  /** First at Scalekit: ended here alone, the device would be back after one redirect. */
  const end = async (sid: string, userId: string): Promise<void> => {
    // One that is gone by now has ended, and perhaps nobody told this app.
    await unlessGone(scalekit().sessions.revoke(sid))
    await kit.endSessions({ scope: 'sid', at: kit.clock(), sid, userId })
  }
  const assertRecent = ({ authenticatedAt }: Session) => {
    if (recentLogin === undefined) return
    if (authenticatedAt !== undefined && kit.clock() - authenticatedAt <= recentLogin) return
    const title = 'Log in again before you end sessions.'
    throw new PluginError({ code: 'recent_login_needed', status: 403, title })
  }
  return {
    async list({ user, sid }) {
      const found = (await active(user.id)).map((one) => ownSession(one, sid))
      const rank = ({ isCurrent, lastActiveAt = '' }: OwnSession) => (isCurrent ? '~' : lastActiveAt)
      return found.toSorted((one, other) => (rank(one) < rank(other) ? 1 : -1))
    },
    async revoke(session, id) {
      assertRecent(session)
      const userId = session.user.id
      const found = /^\w{1,64}$/.test(id) ? await unlessGone(scalekit().sessions.get(id)) : undefined
      // Owned, by Scalekit's word and not by the caller's.
      if (found === undefined || found.userId !== userId || found.sessionId !== id) throw sessionNotFound()
      if (isActive(found)) await end(id, userId)
      // Ended there before, and perhaps not heard of here.
      else await kit.endSessions({ scope: 'sid', at: kit.clock(), sid: id, userId })
      kit.report('session_revoked', { current: id === session.sid })
    },
    async revokeOthers(session) {
      assertRecent(session)
      const { sid, user } = session
      if (sid === undefined) throw currentSessionUnknown()
      const seen = new Set([sid])
      let [revoked, failed] = [0, 0]
      let failure: unknown
      for (let lists = 0; lists < mostLists; lists++) {
        const others = await active(user.id, seen)
        for (const { sessionId } of others) {
          seen.add(sessionId)
          try {
            await end(sessionId, user.id)
            revoked += 1
          } catch (error) {
            failed += 1
            failure ??= error
          }
        }
        if (others.length < mostSessions) break
      }
      kit.report('other_sessions_revoked', { revoked, failed })
      if (failure !== undefined) throw failure
      return { revoked }
    },
  }
}

async function unlessGone(call: Promise<UserSession>): Promise<UserSession | undefined> {
  return call.catch((error: unknown) => {
    if (isScalegateError(error, 'management_not_found')) return undefined
    throw error
  })
}

function sessionNotFound(): PluginError {
  const title = 'There is no such session of yours.'
  return new PluginError({ code: 'session_not_found', status: 404, title, field: 'session_id' })
}

function currentSessionUnknown(): PluginError {
  const title = 'Which session is this one is not known, so the others cannot be told apart.'
  return new PluginError({ code: 'current_session_unknown', status: 409, title })
}
