import { randomBytes, randomUUID } from 'node:crypto'
import { now } from '../clock.js'
import { newId } from '../ids.js'
import type { PortalEvent } from './portal-links-events.js'

/** Seconds that a link can be opened. */
const LINK_LIFETIME = 60
/** Seconds that whoever opened it may go on: six hours. */
const SESSION_LIFETIME = 6 * 3600

export const portalFeatures = ['sso', 'dir_sync', 'domain_verification'] as const
/** A part of the admin portal. The OpenAPI description has no `domain_verification`; Scalekit's guides do. */
export type PortalFeature = (typeof portalFeatures)[number]

/** A link into the admin portal: whoever has it, has the organization's settings. Instants are NumericDate seconds. */
export interface PortalLink {
  readonly id: string
  /** The end of the link's address. */
  readonly token: string
  readonly organizationId: string
  /** Undefined shows what is on for the organization. */
  readonly features?: readonly PortalFeature[]
  readonly createdAt: number
  readonly expiresAt: number
  readonly openedAt?: number
}

/** Somebody in the admin portal. */
export interface PortalSession {
  readonly id: string
  /**
   * The session's only credential; it stands in the path. A cookie would not do: the portal is framed by a page of
   * another site, and browsers that block third-party cookies neither send nor keep one there.
   */
  readonly token: string
  readonly organizationId: string
  readonly features?: readonly PortalFeature[]
  readonly startedAt: number
  readonly expiresAt: number
}

/** The links that were made and the sessions that they opened. */
export class PortalLinks {
  readonly #links = new Map<string, PortalLink>()
  readonly #sessions = new Map<string, PortalSession>()
  readonly #said = new Set<string>()
  /** What the framing pages have not been told yet, by session. */
  readonly #events = new Map<string, readonly PortalEvent[]>()

  get all(): readonly PortalLink[] {
    return [...this.#links.values()]
  }

  get sessions(): readonly PortalSession[] {
    return [...this.#sessions.values()]
  }

  add(organizationId: string, features: readonly PortalFeature[] | undefined): PortalLink {
    const at = now()
    const chosen = features === undefined || features.length === 0 ? {} : { features }
    const token = randomUUID()
    const link = { id: newId('lnk'), token, organizationId, ...chosen, createdAt: at, expiresAt: at + LINK_LIFETIME }
    this.#links.set(token, link)
    return link
  }

  /** Opens a link, once and in time; otherwise undefined. */
  open(token: string): PortalSession | undefined {
    const link = this.#links.get(token)
    const at = now()
    if (link === undefined || link.openedAt !== undefined || at >= link.expiresAt) return undefined
    this.#links.set(token, { ...link, openedAt: at })
    const { organizationId, features } = link
    const session: PortalSession = {
      id: newId('pls'),
      token: randomBytes(32).toString('base64url'),
      organizationId,
      ...(features === undefined ? {} : { features }),
      startedAt: at,
      expiresAt: at + SESSION_LIFETIME,
    }
    this.#sessions.set(session.token, session)
    return session
  }

  /** A session by what stands in the path, live or over. */
  session(token: string): PortalSession | undefined {
    return this.#sessions.get(token)
  }

  /** Something to tell the page that frames the portal, when the portal's page next asks. */
  post({ token }: PortalSession, event: PortalEvent): void {
    this.#events.set(token, [...(this.#events.get(token) ?? []), event])
  }

  /** Everything that has not been told yet; from now on it has. */
  takeEvents({ token }: PortalSession): readonly PortalEvent[] {
    const events = this.#events.get(token) ?? []
    this.#events.delete(token)
    return events
  }

  /** Notes that a session has warned, or has said that it is over; true the first time. */
  once({ token }: PortalSession, said: 'warning' | 'expiry'): boolean {
    const key = `${token} ${said}`
    if (this.#said.has(key)) return false
    this.#said.add(key)
    return true
  }

  /** Lets a session end in so many seconds; 0 is at once. False when there is none by this id. */
  endIn(id: string, seconds: number): boolean {
    const session = this.sessions.find((one) => one.id === id)
    if (session === undefined) return false
    this.#sessions.set(session.token, { ...session, expiresAt: now() + seconds })
    return true
  }
}

/** True while somebody may work in it. */
export function isOpen({ expiresAt }: PortalSession): boolean {
  return now() < expiresAt
}
