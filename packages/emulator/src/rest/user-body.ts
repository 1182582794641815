import { type Patch, patched } from '../state/patch.js'
import type { Profile, User } from '../state/people.js'
import { email, list, type Message, message, pairs, required, text } from './fields.js'

/** A role of a membership, by name or id. */
const roleShape = message({ id: text(), name: text() })
export type RoleReference = Message<{ id: ReturnType<typeof text>; name: ReturnType<typeof text> }>

export const membershipShape = message({ roles: list(roleShape), metadata: pairs(20), inviter_email: email })
export type MembershipBody = Exclude<ReturnType<typeof membershipShape>, undefined>

const profileShape = message({
  given_name: text({ max: 255 }),
  family_name: text({ max: 255 }),
  // The names of before.
  first_name: text({ max: 200 }),
  last_name: text({ max: 200 }),
  name: text(),
  locale: text(),
  phone_number: text(),
  preferred_username: text({ max: 512 }),
  picture: text({ max: 2048 }),
  gender: text(),
  groups: list(text({ min: 1, max: 250 }), { max: 50 }),
  metadata: pairs(20),
  custom_attributes: pairs(20),
})
type ProfileBody = Exclude<ReturnType<typeof profileShape>, undefined>

export const createUserShape = message({
  email: required(email),
  external_id: text({ max: 510 }),
  metadata: pairs(20),
  user_profile: profileShape,
  membership: membershipShape,
})

/** There is no `email`: it identifies somebody and never changes. */
export const updateUserShape = message({
  external_id: text({ max: 510 }),
  metadata: pairs(20),
  user_profile: profileShape,
})

type ProfilePart = Pick<User, 'givenName' | 'familyName'> & Patch<User, 'picture' | 'locale' | 'profile'>

/** What a profile changes about a person; what it does not have stays, and empty text clears. */
export function profileOf(body: ProfileBody = {}, before?: User): ProfilePart {
  const profile: Patch<Profile> = {
    ...(body.name === undefined ? {} : { name: body.name || undefined }),
    ...(body.phone_number === undefined ? {} : { phoneNumber: body.phone_number || undefined }),
    ...(body.preferred_username === undefined ? {} : { preferredUsername: body.preferred_username || undefined }),
    ...(body.gender === undefined ? {} : { gender: body.gender || undefined }),
    ...(body.groups === undefined ? {} : { groups: body.groups }),
    ...(body.metadata === undefined ? {} : { metadata: body.metadata }),
    ...(body.custom_attributes === undefined ? {} : { customAttributes: body.custom_attributes }),
  }
  return {
    givenName: body.given_name ?? body.first_name ?? before?.givenName ?? '',
    familyName: body.family_name ?? body.last_name ?? before?.familyName ?? '',
    profile: patched<Profile>(before?.profile ?? {}, profile),
    ...(body.picture === undefined ? {} : { picture: body.picture || undefined }),
    ...(body.locale === undefined ? {} : { locale: body.locale || undefined }),
  }
}
