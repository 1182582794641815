import type { MemberRole, Page, User } from '@scalegate/core/management'

/** A member of the organization, or somebody who is invited. Instants are RFC 3339 texts, as Scalekit sends them. */
export interface Member {
  readonly id: string
  readonly email?: string
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly picture?: string
  readonly status?: 'ACTIVE' | 'INACTIVE' | 'PENDING_INVITE' | 'INVITE_EXPIRED' | (string & {})
  /** Empty where Scalekit leaves them out of lists. */
  readonly roles: readonly MemberRole[]
  readonly joinedAt?: string
  /** When the invitation ends. */
  readonly invitationExpiresAt?: string
  /** True for whoever asks. */
  readonly isYou: boolean
}

/** Some of the members. */
export interface MemberPage {
  readonly members: readonly Member[]
  /** Give it as `pageToken` (`page_token`) for the next page; absent on the last one. */
  readonly nextPageToken?: string
  readonly previousPageToken?: string
  /** On all pages, where Scalekit says it. */
  readonly totalSize?: number
}

/** What a member's colleagues may know: nothing of other organizations, and nothing the app keeps in `metadata`. */
function memberOf(user: User, organizationId: string, ownId: string): Member {
  const { givenName, familyName, name, picture } = user.userProfile ?? {}
  const membership = user.memberships?.find((one) => one.organizationId === organizationId)
  const whole = name ?? [givenName, familyName].filter(Boolean).join(' ')
  const optional = {
    email: user.email,
    name: whole,
    givenName,
    familyName,
    picture,
    status: membership?.membershipStatus,
    joinedAt: membership?.joinTime,
    invitationExpiresAt: membership?.membershipStatus === 'ACTIVE' ? undefined : membership?.expiresAt,
  }
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined && value !== ''))
  return { id: user.id, ...given, roles: membership?.roles ?? [], isYou: user.id === ownId }
}

export function memberPage({ items, ...page }: Page<User>, organizationId: string, ownId: string): MemberPage {
  return { members: items.map((user) => memberOf(user, organizationId, ownId)), ...page }
}
