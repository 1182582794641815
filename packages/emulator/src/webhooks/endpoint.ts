import { listOf, matching, object, type Shape, ShapeError, text } from '../shape.js'

/**
 * The signing secret of webhook endpoints that bring none. It is printed in public documents: never use it outside
 * development and tests.
 */
export const defaultWebhookSecret = `whsec_${btoa('emulator-only-not-for-production')}`

/** Where an environment's events go. An endpoint belongs to the environment, not to one of its clients. */
export interface WebhookEndpoint {
  readonly url: string
  /**
   * `whsec_` and base64. A list has them all sign, as during the rotation of a secret.
   *
   * @defaultValue {@link defaultWebhookSecret}
   */
  readonly secret?: string | readonly string[]
  /** Event types to send; the others are not. @defaultValue all of them */
  readonly events?: readonly string[]
}

/** An endpoint as it is registered: its secrets in the order in which they sign. */
export interface RegisteredEndpoint {
  readonly url: string
  readonly secrets: readonly string[]
  readonly events?: readonly string[]
}

const secret = matching(
  /^whsec_(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  'whsec_ and base64',
)

const address: Shape<string> = (value, path) => {
  const found = text(value, path)
  if (!/^https?:$/.test(URL.canParse(found) ? new URL(found).protocol : '')) {
    throw new ShapeError(path, 'must be an absolute http or https URL')
  }
  return found
}

const secrets: Shape<string | readonly string[]> = (value, path) => {
  if (!Array.isArray(value)) return secret(value, path)
  if (value.length === 0) throw new ShapeError(path, 'must hold at least one secret')
  return listOf(secret)(value, path)
}

/** {@link WebhookEndpoint} from outside. */
export const endpointShape: Shape<WebhookEndpoint> = object({ url: address }, { secret: secrets, events: listOf(text) })

/** Fills in what an endpoint leaves out. */
export function registered({ secret = defaultWebhookSecret, ...endpoint }: WebhookEndpoint): RegisteredEndpoint {
  return { ...endpoint, secrets: [secret].flat() }
}
