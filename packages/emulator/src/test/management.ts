import type { Emulator } from '../index.js'
import { managementToken } from './login.js'

/** An answer of the management API. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly json: any
}

/** A caller of the management API with a token of the first client, or of another one. */
export async function management(emulator: Emulator, clientId = emulator.clientId) {
  const token = await managementToken(emulator, clientId)
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${emulator.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, json: await response.json() }
  }
}

export type Call = Awaited<ReturnType<typeof management>>

/** The answer to a request with wrong fields. */
export function violation(...fields: readonly string[]) {
  return {
    status: 400,
    json: {
      code: 3,
      details: [{ validation_error_info: { field_violations: fields.map((field) => ({ field })) } }],
    },
  }
}
