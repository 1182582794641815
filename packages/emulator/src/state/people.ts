import { now } from '../clock.js'
import { newId } from '../ids.js'
import type { SeedMembership, SeedUser } from '../seed/types.js'
import { type Patch, patched } from './patch.js'

/** Somebody's place in one organization, as it is now. Instants are NumericDate seconds. */
export interface Membership extends Omit<SeedMembership, 'status'> {
  /** Undefined is `ACTIVE`; only then somebody may enter. */
  readonly status?: 'ACTIVE' | 'INACTIVE' | 'PENDING_INVITE'
  readonly metadata?: Readonly<Record<string, string>>
  readonly inviterEmail?: string
  /** How they came here, in Scalekit's words. */
  readonly provisioning?: 'jit_using_sso' | 'allowed_email_domain' | 'org_creator' | 'direct_provision' | 'invitation'
  readonly createdAt?: number
  readonly acceptedAt?: number
  /** Of the invitation, while it is pending. */
  readonly expiresAt?: number
}

/** What a membership is at this moment: an invitation that nobody accepted in time has expired. */
export type MembershipStatus = 'ACTIVE' | 'INACTIVE' | 'PENDING_INVITE' | 'INVITE_EXPIRED'

/** What is known of a person beside their names. */
export interface Profile {
  /** In place of given and family name. */
  readonly name?: string
  readonly phoneNumber?: string
  readonly preferredUsername?: string
  readonly gender?: string
  readonly groups?: readonly string[]
  readonly customAttributes?: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, string>>
}

/** A person, as they are now. */
export interface User extends Omit<SeedUser, 'memberships'> {
  readonly memberships: readonly Membership[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly profile?: Profile
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** Somebody to add. The names may be empty: whoever is only invited has none yet. */
export type NewUser = Pick<User, 'email' | 'givenName' | 'familyName'> &
  Patch<User, 'emailVerified' | 'externalId' | 'metadata' | 'profile' | 'picture' | 'locale'>

/** Something that happened to a membership, by the name that Scalekit's webhooks have for it. */
export interface MembershipChange {
  readonly type:
    | 'user.organization_membership_created'
    | 'user.organization_membership_updated'
    | 'user.organization_membership_deleted'
  readonly organizationId: string
  readonly userId: string
}

/** What can change at a membership. */
export type MembershipPatch = Patch<Omit<Membership, 'organization'>>

/** The people and where they belong. */
export class People {
  readonly #users: Map<string, User>
  readonly #changed: (change: MembershipChange) => void

  constructor(seed: readonly SeedUser[], changed: (change: MembershipChange) => void) {
    this.#changed = changed
    this.#users = new Map(seed.map((user) => [user.id, user]))
  }

  get all(): readonly User[] {
    return [...this.#users.values()]
  }

  find(id: string): User | undefined {
    return this.#users.get(id)
  }

  ofEmail(email: string): User | undefined {
    const wanted = normalized(email)
    return this.all.find((user) => normalized(user.email) === wanted)
  }

  add(user: NewUser): User {
    const at = now()
    const whole = {
      ...user,
      email: normalized(user.email),
      id: newId('usr'),
      memberships: [],
      createdAt: at,
      updatedAt: at,
    }
    const added = patched<User>(whole as User, {})
    this.#users.set(added.id, added)
    return added
  }

  update(id: string, patch: Patch<User>): void {
    const user = this.#users.get(id)
    if (user !== undefined) this.#users.set(id, patched(user, { ...patch, updatedAt: now() }))
  }

  /** Forgets a person; their memberships have to be gone before. */
  remove(id: string): void {
    this.#users.delete(id)
  }

  membership(userId: string, organizationId: string): Membership | undefined {
    return this.#users.get(userId)?.memberships.find(({ organization }) => organization === organizationId)
  }

  /** Adds a membership or changes one. While an invitation is open nobody hears of it: it is no membership yet. */
  setMembership(userId: string, organizationId: string, patch: MembershipPatch): void {
    const user = this.#users.get(userId)
    if (user === undefined) return
    const at = user.memberships.findIndex(({ organization }) => organization === organizationId)
    const before = user.memberships[at] ?? { organization: organizationId, roles: [], createdAt: now() }
    const membership = patched<Membership>(before, patch)
    const memberships = at === -1 ? [...user.memberships, membership] : user.memberships.with(at, membership)
    this.#users.set(userId, { ...user, memberships })
    const isNew = at === -1 || before.status === 'PENDING_INVITE'
    const type = isNew ? 'user.organization_membership_created' : 'user.organization_membership_updated'
    if (membership.status !== 'PENDING_INVITE') this.#changed({ type, userId, organizationId })
  }

  removeMembership(userId: string, organizationId: string): void {
    const user = this.#users.get(userId)
    if (user === undefined) return
    const memberships = user.memberships.filter(({ organization }) => organization !== organizationId)
    this.#users.set(userId, { ...user, memberships })
    this.#changed({ type: 'user.organization_membership_deleted', userId, organizationId })
  }
}

/** E-mail addresses are told apart without case and outer blanks. */
export function normalized(email: string): string {
  return email.trim().toLowerCase()
}

/** A person's name; empty for somebody of whom only the address is known. */
export function fullNameOf({ profile, givenName, familyName }: User): string {
  return profile?.name || `${givenName} ${familyName}`.trim()
}

/** A person's name for human eyes; the address where nothing else is known. */
export function nameOf(user: User): string {
  return fullNameOf(user) || user.email
}

export function isActive({ status = 'ACTIVE' }: Membership): boolean {
  return status === 'ACTIVE'
}

export function statusOf({ status = 'ACTIVE', expiresAt = Number.POSITIVE_INFINITY }: Membership): MembershipStatus {
  return status === 'PENDING_INVITE' && now() >= expiresAt ? 'INVITE_EXPIRED' : status
}
