import type { UserSession } from '@scalegate/core/management'

/** One of a person's sessions, on one device, for every app of the environment. Instants are RFC 3339 texts. */
export interface OwnSession {
  /** What tokens call `sid`: it names the session and opens nothing. */
  readonly id: string
  /** True for the one that asks. */
  readonly isCurrent: boolean
  readonly createdAt?: string
  readonly lastActiveAt?: string
  /** By then it is over, whatever happens. */
  readonly expiresAt?: string
  readonly device: {
    readonly browser?: string
    readonly os?: string
    readonly type?: string
    readonly ip?: string
    readonly city?: string
    readonly region?: string
  }
}

export function ownSession(session: UserSession, currentId: string | undefined): OwnSession {
  const { sessionId, createdAt, lastActiveAt, absoluteExpiresAt, device = {} } = session
  const { browser, os, deviceType, ip, location = {} } = device
  const { city, region } = location
  return {
    id: sessionId,
    isCurrent: sessionId === currentId,
    ...withoutBlanks({ createdAt, lastActiveAt, expiresAt: absoluteExpiresAt }),
    device: withoutBlanks({ browser, os, type: deviceType, ip, city, region }),
  }
}

/** Scalekit's documents write the status in small and in capital letters, and may leave it out of what is active. */
export function isActive({ status }: UserSession): boolean {
  return status === undefined || status.toLowerCase() === 'active'
}

function withoutBlanks(texts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => Boolean(entry[1])))
}
