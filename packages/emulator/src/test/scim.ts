import type { MadeDirectory } from '../index.js'

/** An answer of a SCIM endpoint. */
export interface ScimAnswer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly json: any
}

/** A directory provider that speaks SCIM to one directory. */
export type ScimClient = (method: string, path: string, body?: unknown) => Promise<ScimAnswer>

export function scimClient({ endpoint, secret }: Pick<MadeDirectory, 'endpoint' | 'secret'>): ScimClient {
  return async (method, path, body) => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) }
  }
}

/** A user as the full example of RFC 7643 §8.2 has it, at another address. */
export function userBody(email: string, more: object = {}): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    userName: email,
    externalId: `ext-${email}`,
    name: { formatted: 'Ms. Barbara J Jensen, III', familyName: 'Jensen', givenName: 'Barbara' },
    displayName: 'Babs Jensen',
    nickName: 'Babs',
    emails: [
      { value: email, type: 'work', primary: true },
      { value: 'babs@jensen.test', type: 'home' },
    ],
    title: 'Tour Guide',
    locale: 'en-US',
    active: true,
    [enterprise]: { department: 'Tour Operations' },
    ...more,
  }
}

export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The body of a PATCH. */
export function patchOp(...Operations: readonly object[]): object {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }
}
