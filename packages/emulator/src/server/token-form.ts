import type { IncomingMessage } from 'node:http'
import { basicCredentials } from '../oauth/client-authentication.js'

/** Bytes; the engine's own limit is 56 KB. */
const LIMIT = 56 * 1024

/** What the log and the faults may know about a token request: no code, no token, no secret. */
export interface TokenForm {
  readonly grantType: string | undefined
  readonly clientId: string | undefined
}

/**
 * Reads the form of a token request ahead of whoever answers it: the engine accepts a body that somebody has read
 * before it on `request.body`, our own routes on `request.rawBody`. Undefined when the body is too large.
 */
export async function readTokenForm(request: IncomingMessage): Promise<TokenForm | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > LIMIT) return undefined
    chunks.push(bytes)
  }
  const rawBody = Buffer.concat(chunks)
  const body = rawBody.toString('utf8')
  Object.assign(request, { body, rawBody })
  const form = new URLSearchParams(body)
  const [basicId] = basicCredentials(request.headers.authorization) ?? []
  return { grantType: form.get('grant_type') ?? undefined, clientId: basicId ?? form.get('client_id') ?? undefined }
}
