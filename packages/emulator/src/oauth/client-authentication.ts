import type { Context } from 'hono'
import type { Environment } from '../environment.js'
import type { Client } from '../state/directory.js'

/** A form from a client: who sent it, if the credentials are right, and the token in it. */
export interface ClientForm {
  readonly client: Client | undefined
  readonly token: string
}

/** Reads the form of `/revoke` and `/oauth/introspect`; credentials in the body or by Basic (RFC 6749 §2.3.1). */
export async function clientForm(environment: Environment, c: Context): Promise<ClientForm> {
  const form = await c.req.parseBody()
  const token = String(form.token ?? '')
  const [id, secret] = credentialsOf(c, form)
  const client = environment.directory.client(id)
  return { client: client?.secret === secret ? client : undefined, token }
}

/** The refusal of wrong client credentials (RFC 6749 §5.2). */
export function invalidClient(c: Context): Response {
  c.header('cache-control', 'no-store')
  return c.json({ error: 'invalid_client', error_description: 'client authentication failed' }, 401)
}

/** Client id and secret: by Basic, else in the body. */
export function credentialsOf(c: Context, form: Readonly<Record<string, unknown>>): readonly [string, string] {
  const basic = basicCredentials(c.req.header('authorization'))
  return basic ?? [String(form.client_id ?? ''), String(form.client_secret ?? '')]
}

/** Client id and secret of `Authorization: Basic …`. */
export function basicCredentials(header: string | undefined): readonly [string, string] | undefined {
  const encoded = /^basic +(\S+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':').map(formDecoded)
  return [id, secret]
}

/** RFC 6749 §2.3.1 encodes both parts as form values; bytes that are not one stay as they are and match nothing. */
function formDecoded(value: string): string {
  const spaced = value.replaceAll('+', ' ')
  return /%(?![0-9a-f]{2})/i.test(spaced) ? spaced : (new URLSearchParams(`v=${value}`).get('v') ?? '')
}
