import { PluginError, type Session } from '@scalegate/core/plugin'
import { plainText } from '../port/plain-text.js'
import { emailAddress } from './email-address.js'
import { roleNames } from './role-rules.js'

/** Somebody to invite. */
export interface InvitationRequest {
  readonly email: string
  /** Names of roles. @defaultValue the organization's default role of members */
  readonly roles?: readonly string[]
  readonly givenName?: string | undefined
  readonly familyName?: string | undefined
  /** From the form, different on each page: what is sent twice with it is done once. 1 to 100 letters, digits, `-` and `_`. */
  readonly idempotencyKey?: string | undefined
}

/** Somebody who has been invited, or was there before: which one is not said. */
export interface Invited {
  /** As the mail went out, with the domain in its ASCII form. */
  readonly email: string
}

const nameLength = 100

/**
 * What is named here and nothing else goes out (attack row 332).
 *
 * @throws PluginError email_invalid, roles_invalid, text_invalid, idempotency_key_invalid (400)
 */
export function invitationOf({ email, roles = [], givenName, familyName, idempotencyKey }: InvitationRequest) {
  return {
    key: keyOf(idempotencyKey),
    email: emailAddress(email),
    roles: roleNames(roles),
    userProfile: {
      ...nameOf('givenName', givenName),
      ...nameOf('familyName', familyName),
    },
  }
}

const fieldOf = { givenName: 'given_name', familyName: 'family_name' } as const

function nameOf(part: keyof typeof fieldOf, value: string | undefined): Readonly<Record<string, string>> {
  if (value === undefined || value === '') return {}
  const field = fieldOf[part]
  const name = plainText(field, value, nameLength)
  // It stands in a mail that Scalekit writes: no markup, and no address to follow (attack row 333).
  if (!/[<>/\\]/.test(name)) return { [part]: name }
  throw new PluginError({ code: 'text_invalid', status: 400, title: 'That is no name.', field })
}

function keyOf(key: string | undefined): string | undefined {
  if (key === undefined || /^[\w-]{1,100}$/.test(key)) return key
  const title = 'An idempotency key has 1 to 100 letters, digits, - and _.'
  throw new PluginError({ code: 'idempotency_key_invalid', status: 400, title, field: 'idempotency_key' })
}

/** An address that nobody has verified would let people write in the name of others. */
export function inviterOf({ user }: Session): { readonly inviterEmail?: string } {
  return user.emailVerified && user.email !== undefined ? { inviterEmail: user.email } : {}
}
