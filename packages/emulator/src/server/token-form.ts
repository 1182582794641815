import type { IncomingMessage } from 'node:http'

/** Bytes; the engine's own limit is 56 KB. */
const LIMIT = 56 * 1024

/** What the log and the faults may know about a token request: no code, no token, no secret. */
export interface TokenForm {
  readonly grantType: string | undefined
  readonly clientId: string | undefined
}

/**
 * Reads the form of a token request ahead of the engine, which accepts a body that somebody has read before it on
 * `request.body`. Undefined when the body is too large.
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
  const body = Buffer.concat(chunks).toString('utf8')
  Object.assign(request, { body })
  const form = new URLSearchParams(body)
  return { grantType: form.get('grant_type') ?? undefined, clientId: form.get('client_id') ?? undefined }
}
