import { randomBytes } from 'node:crypto'
import { now } from '../clock.js'
import { newId } from '../ids.js'
import type { Settings } from '../settings.js'

/** The states that the session API lists (`filter.status`). */
export type SessionStatus = 'active' | 'expired' | 'revoked' | 'logout'

/** A Scalekit session: one browser, one person, every app of the environment. Instants are NumericDate seconds. */
export interface Session {
  /** `ses_…`; `sid` in every token. */
  readonly id: string
  /** Value of the browser's cookie, unlike the id a secret. */
  readonly cookie: string
  readonly userId: string
  /** The organization entered last: what the hosted widgets show. */
  readonly organizationId: string
  readonly authenticatedOrganizations: readonly string[]
  readonly clients: readonly { readonly clientId: string; readonly organizationId: string }[]
  readonly amr: readonly string[]
  readonly status: SessionStatus
  readonly createdAt: number
  readonly authenticatedAt: number
  readonly lastActiveAt: number
  readonly endedAt?: number
  readonly userAgent?: string
  /** Limits of the organization that it began in, where it has its own. Seconds. */
  readonly limits?: Partial<Limits>
}

/** How long a session lives, from its start and from its last activity. Seconds. */
export interface Limits {
  readonly absolute: number
  readonly idle: number
}

/** All Scalekit sessions, the ended ones included. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #settings: () => Settings

  constructor(settings: () => Settings) {
    this.#settings = settings
  }

  get all(): readonly Session[] {
    return [...this.#sessions.values()]
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(id)
  }

  /** The live session of a browser. */
  ofCookie(cookie: string | undefined): Session | undefined {
    const session = cookie === undefined ? undefined : this.all.find((candidate) => candidate.cookie === cookie)
    return session !== undefined && this.isLive(session) ? session : undefined
  }

  isLive(session: Session): boolean {
    return session.status === 'active' && now() < this.expiresAt(session)
  }

  /** Whatever comes first: the absolute or the idle limit. */
  expiresAt(session: Session): number {
    const { absolute, idle } = this.limitsOf(session)
    return Math.min(session.createdAt + absolute, session.lastActiveAt + idle)
  }

  /** The stricter of what the application and the organization say. */
  limitsOf({ limits }: Pick<Session, 'limits'>): Limits {
    const { sessionAbsolute, sessionIdle } = this.#settings()
    const { absolute = sessionAbsolute, idle = sessionIdle } = limits ?? {}
    return { absolute: Math.min(sessionAbsolute, absolute), idle: Math.min(sessionIdle, idle) }
  }

  /** Sessions past their limits that nobody has ended yet. */
  get overdue(): readonly Session[] {
    return this.all.filter((session) => session.status === 'active' && !this.isLive(session))
  }

  start(
    login: Pick<Session, 'userId' | 'organizationId' | 'amr'> &
      Partial<Pick<Session, 'authenticatedAt' | 'limits'>> & { readonly userAgent?: string | undefined },
  ): Session {
    const at = now()
    const session: Session = {
      id: newId('ses'),
      cookie: randomBytes(24).toString('base64url'),
      userId: login.userId,
      organizationId: login.organizationId,
      authenticatedOrganizations: [login.organizationId],
      clients: [],
      amr: login.amr,
      status: 'active',
      createdAt: at,
      authenticatedAt: login.authenticatedAt ?? at,
      lastActiveAt: at,
      ...(login.userAgent === undefined ? {} : { userAgent: login.userAgent }),
      ...(login.limits === undefined ? {} : { limits: login.limits }),
    }
    return this.#put(session)
  }

  /** The same person proved again who it is; `at` may lie back, where an identity provider's own session did it. */
  reauthenticate(id: string, amr: readonly string[], at: number = now()): void {
    this.#change(id, (session) => ({
      ...session,
      amr: [...new Set([...session.amr, ...amr])],
      authenticatedAt: Math.max(session.authenticatedAt, at),
    }))
  }

  /** A client gets tokens for an organization out of this session. */
  enter(id: string, entry: { readonly organizationId: string; readonly clientId: string }): void {
    this.#change(id, (session) => ({
      ...session,
      organizationId: entry.organizationId,
      authenticatedOrganizations: [...new Set([...session.authenticatedOrganizations, entry.organizationId])],
      clients: [...session.clients.filter((client) => client.clientId !== entry.clientId), entry],
      lastActiveAt: now(),
    }))
  }

  touch(id: string): void {
    this.#change(id, (session) => ({ ...session, lastActiveAt: now() }))
  }

  /** Ends a session once; later calls change nothing. Returns whether this call did it. */
  end(id: string, status: Exclude<SessionStatus, 'active'>): boolean {
    if (this.#sessions.get(id)?.status !== 'active') return false
    this.#change(id, (session) => ({ ...session, status, endedAt: now() }))
    return true
  }

  #put(session: Session): Session {
    this.#sessions.set(session.id, session)
    return session
  }

  #change(id: string, change: (session: Session) => Session): void {
    const session = this.#sessions.get(id)
    if (session !== undefined) this.#put(change(session))
  }
}
