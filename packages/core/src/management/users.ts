import { nothing } from './answer.js'
import { createListing, type Listing, type ListOptions, pageOf, pageQuery } from './listing.js'
import { path } from './path.js'
import { type BodyFields, requestBody } from './request-body.js'
import type { CallOptions, Transport } from './transport.js'
import { type User, user, wrappedUser } from './user.js'

/** The profile of a user, as it is written. Only what is given is changed. */
export interface UserProfileInput {
  readonly givenName?: string
  readonly familyName?: string
  readonly name?: string
  readonly phoneNumber?: string
  readonly picture?: string
  readonly locale?: string
  readonly preferredUsername?: string
  readonly gender?: string
  readonly groups?: readonly string[]
  /** Keys and values are the app's own. */
  readonly customAttributes?: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, string>>
}

/** What a membership begins with. */
export interface NewMembership {
  /** Names of roles; without any, the default role of members. */
  readonly roles?: readonly string[]
  readonly metadata?: Readonly<Record<string, string>>
  /** Who invites, for the mail. */
  readonly inviterEmail?: string
}

/** A user to be. */
export interface NewUser {
  /** Cannot be changed later. */
  readonly email: string
  /** The app's own id of them; unique. */
  readonly externalId?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly membership?: NewMembership
  readonly userProfile?: UserProfileInput
}

/** What can be changed of a user. */
export interface UserChanges {
  readonly externalId?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly userProfile?: UserProfileInput
}

/** The organization a call is about. */
export interface InOrganization {
  readonly organizationId: string
}

/** The people of the environment. */
export interface Users {
  /** A user with an active membership, without any mail. */
  create(where: InOrganization, user: NewUser, options?: CallOptions): Promise<User>
  /** A user with a pending membership, and the mail that invites them. */
  invite(where: InOrganization, user: NewUser, options?: CallOptions): Promise<User>
  /** The members of one organization. */
  list(where: InOrganization, options?: ListOptions): Listing<User>
  /** Everybody, of every organization: not for pages of one of them. */
  listAll(options?: ListOptions): Listing<User>
  /** Members of one organization by 3 to 100 characters of their name or address. */
  search(where: InOrganization & { readonly query: string }, options?: ListOptions): Listing<User>
  /** Everybody, of every organization, by 3 to 100 characters. */
  searchAll(where: { readonly query: string }, options?: ListOptions): Listing<User>
  get(userId: string, options?: CallOptions): Promise<User>
  getByExternalId(externalId: string, options?: CallOptions): Promise<User>
  update(userId: string, changes: UserChanges, options?: CallOptions): Promise<User>
  updateByExternalId(externalId: string, changes: UserChanges, options?: CallOptions): Promise<User>
  /** For ever, with all memberships; ends all their sessions. */
  delete(userId: string, options?: CallOptions): Promise<void>
  deleteByExternalId(externalId: string, options?: CallOptions): Promise<void>
}

const profileFields: BodyFields = {
  givenName: 'value',
  familyName: 'value',
  name: 'value',
  phoneNumber: 'value',
  picture: 'value',
  locale: 'value',
  preferredUsername: 'value',
  gender: 'value',
  groups: 'value',
  customAttributes: 'map',
  metadata: 'map',
}
const changeFields: BodyFields = { externalId: 'value', metadata: 'map', userProfile: profileFields }
export const membershipFields: BodyFields = { roles: 'names', metadata: 'map', inviterEmail: 'value' }
const userFields: BodyFields = { ...changeFields, email: 'value', membership: membershipFields }

export function createUsers(call: Transport): Users {
  const create = async ({ organizationId }: InOrganization, input: NewUser, mail: boolean, options?: CallOptions) =>
    call(
      {
        method: 'POST',
        path: path`/organizations/${{ organizationId }}/users`,
        // Always said: Scalekit's default is to send mail.
        query: { send_invitation_email: mail },
        body: requestBody(userFields, input),
        answer: wrappedUser,
      },
      options,
    )
  const listing = (place: () => string, query: () => Record<string, string>, largest: number, options: ListOptions) =>
    createListing(largest, options, async (at) =>
      call(
        { method: 'GET', path: place(), query: { ...query(), ...pageQuery(at) }, answer: pageOf('users', user) },
        at,
      ),
    )
  const update = async (place: string, changes: UserChanges, options?: CallOptions) =>
    call({ method: 'PATCH', path: place, body: requestBody(changeFields, changes), answer: wrappedUser }, options)

  return {
    create: (where, input, options) => create(where, input, false, options),
    invite: (where, input, options) => create(where, input, true, options),
    list: ({ organizationId }, options = {}) =>
      listing(
        () => path`/organizations/${{ organizationId }}/users`,
        () => ({}),
        100,
        options,
      ),
    listAll: (options = {}) =>
      listing(
        () => '/users',
        () => ({}),
        100,
        options,
      ),
    search: ({ organizationId, query }, options = {}) =>
      listing(
        () => path`/organizations/${{ organizationId }}/users:search`,
        () => ({ query }),
        30,
        options,
      ),
    searchAll: ({ query }, options = {}) =>
      listing(
        () => '/users:search',
        () => ({ query }),
        30,
        options,
      ),
    get: async (userId, options) =>
      call({ method: 'GET', path: path`/users/${{ userId }}`, answer: wrappedUser }, options),
    getByExternalId: async (externalId, options) =>
      call({ method: 'GET', path: path`/users:external/${{ externalId }}`, answer: wrappedUser }, options),
    update: async (userId, changes, options) => update(path`/users/${{ userId }}`, changes, options),
    updateByExternalId: async (externalId, changes, options) =>
      update(path`/users:external/${{ externalId }}`, changes, options),
    delete: async (userId, options) =>
      call({ method: 'DELETE', path: path`/users/${{ userId }}`, answer: nothing }, options),
    deleteByExternalId: async (externalId, options) =>
      call({ method: 'DELETE', path: path`/users:external/${{ externalId }}`, answer: nothing }, options),
  }
}
