import { features } from '../seed/types.js'
import { flag, listOf, mapOf, number, object, oneOf, type Shape, ShapeError, text, unknown } from '../shape.js'
import type { ClockInput, LogoutTokenInput, TokenInput } from './wire.js'

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
