import { features } from '../seed/types.js'
import {
  flag,
  listOf,
  mapOf,
  matching,
  number,
  object,
  oneOf,
  type Shape,
  ShapeError,
  text,
  unknown,
} from '../shape.js'
import type {
  ClockInput,
  IdpInitiatedLoginInput,
  InitiateLoginInput,
  InvitationInput,
  LogoutTokenInput,
  TokenInput,
} from './wire.js'

const either = object({}, { offset: number(), advance: number() })

/** Either `{ offset }` or `{ advance }`. */
export const clockShape: Shape<ClockInput> = (value, path) => {
  const { offset, advance } = either(value, path)
  if (offset !== undefined && advance === undefined) return { offset }
  if (advance !== undefined && offset === undefined) return { advance }
  throw new ShapeError(path, 'must have either offset or advance')
}

/** `POST keys/rotate` */
export const rotateShape = object({}, { keep: oneOf('old', 'none') })
/** `POST sessions/{sid}/revoke` */
export const revokeShape = object({}, { notify: flag })
/** `PUT organizations/{org}/members/{user}` */
export const memberShape = object({ roles: listOf(text) })
/** `PUT organizations/{org}/features` */
export const featuresShape = object(
  {},
  Object.fromEntries(features.map((name) => [name, flag])) as Record<(typeof features)[number], Shape<boolean>>,
)
/** `PUT organizations/{org}/sso-required` */
export const ssoRequiredShape = object({ required: flag })
/** `PUT clients/{id}` */
export const clientShape = object(
  {},
  {
    redirectUris: listOf(text),
    postLogoutRedirectUris: listOf(text),
    backchannelLogoutUri: text,
    initiateLoginUri: text,
  },
)
/** `POST logout-tokens` */
export const logoutTokenShape: Shape<LogoutTokenInput> = object(
  {},
  { sid: text, sub: text, clientId: text, claims: mapOf(unknown), header: mapOf(unknown), deliver: flag },
)
/** `POST tokens` */
export const tokenShape: Shape<TokenInput> = object({ claims: mapOf(unknown) }, { header: mapOf(unknown) })
/** `POST idp-initiated-logins` */
export const idpInitiatedLoginShape: Shape<IdpInitiatedLoginInput> = object(
  { organizationId: text },
  {
    email: text,
    clientId: text,
    relayState: text,
    claims: mapOf(unknown),
    header: mapOf(unknown),
    lifetime: number(),
  },
)
/** `POST initiate-logins` */
export const initiateLoginShape: Shape<InitiateLoginInput> = object(
  {},
  { clientId: text, error: text, errorDescription: text, params: mapOf(text) },
)
/** `POST invitations` */
export const invitationShape: Shape<InvitationInput> = object(
  { organizationId: text, email: matching(/^[^@\s]+@[^@\s]+$/, 'an e-mail address') },
  { roles: listOf(text), clientId: text },
)
