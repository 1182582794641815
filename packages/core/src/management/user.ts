import { answerObject, type Decoder, flag, id, map, optional, optionalList, text, texts, wrapped } from './answer.js'

/** A person of the environment. Instants are RFC 3339 texts, as Scalekit sends them. */
export interface User {
  readonly id: string
  readonly email?: string
  readonly externalId?: string
  /** Keys and values are the app's own. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly memberships?: readonly Membership[]
  readonly userProfile?: UserProfile
  readonly createTime?: string
  readonly updateTime?: string
  readonly lastLoginTime?: string
}

/** A role by its name, as memberships have it. */
export interface MemberRole {
  readonly id?: string
  readonly name: string
  readonly displayName?: string
}

/** What a user is in one organization. */
export interface Membership {
  readonly organizationId: string
  readonly membershipStatus?: 'ACTIVE' | 'INACTIVE' | 'PENDING_INVITE' | 'INVITE_EXPIRED' | (string & {})
  readonly roles?: readonly MemberRole[]
  readonly permissions?: readonly string[]
  /** The organization's. */
  readonly name?: string
  /** The organization's. */
  readonly displayName?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly inviterEmail?: string
  readonly provisioningMethod?: string
  readonly createdAt?: string
  readonly joinTime?: string
  readonly acceptedAt?: string
  /** When the invitation ends. */
  readonly expiresAt?: string
}

/** Who a user says they are, or their identity provider does. */
export interface UserProfile {
  readonly id?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly name?: string
  readonly emailVerified?: boolean
  readonly phoneNumber?: string
  readonly phoneNumberVerified?: boolean
  readonly picture?: string
  readonly locale?: string
  readonly preferredUsername?: string
  readonly gender?: string
  readonly groups?: readonly string[]
  /** Keys and values are the app's own. */
  readonly customAttributes?: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, string>>
  readonly externalIdentities?: readonly ExternalIdentity[]
}

/** An identity that a user signs in with. */
export interface ExternalIdentity {
  readonly connectionId?: string
  readonly connectionProvider?: string
  readonly connectionType?: string
  readonly connectionUserId?: string
  readonly isSocial?: boolean
  readonly createdTime?: string
  readonly lastLoginTime?: string
  readonly lastSyncedTime?: string
}

export const memberRole: Decoder<MemberRole> = answerObject({ id: text, name: id, displayName: text })

const membership: Decoder<Membership> = answerObject({
  organizationId: id,
  membershipStatus: text,
  roles: optionalList(memberRole),
  permissions: texts,
  name: text,
  displayName: text,
  metadata: map,
  inviterEmail: text,
  provisioningMethod: text,
  createdAt: text,
  joinTime: text,
  acceptedAt: text,
  expiresAt: text,
})

const externalIdentity: Decoder<ExternalIdentity> = answerObject({
  connectionId: text,
  connectionProvider: text,
  connectionType: text,
  connectionUserId: text,
  isSocial: flag,
  createdTime: text,
  lastLoginTime: text,
  lastSyncedTime: text,
})

const userProfile: Decoder<UserProfile> = answerObject(
  {
    id: text,
    givenName: text,
    familyName: text,
    name: text,
    emailVerified: flag,
    phoneNumber: text,
    phoneNumberVerified: flag,
    picture: text,
    locale: text,
    preferredUsername: text,
    gender: text,
    groups: texts,
    customAttributes: map,
    metadata: map,
    externalIdentities: optionalList(externalIdentity),
  },
  // Some of Scalekit's samples have these (protocol.md §10.7).
  { givenName: 'first_name', familyName: 'last_name' },
)

export const user: Decoder<User> = answerObject({
  id,
  email: text,
  externalId: text,
  metadata: map,
  memberships: optionalList(membership),
  userProfile: optional(userProfile),
  createTime: text,
  updateTime: text,
  lastLoginTime: text,
})

export const wrappedUser: Decoder<User> = wrapped('user', user)
