/** The `scimType` words of RFC 7644 §3.12. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'

/** A refusal of a SCIM request. */
export class ScimError extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined

  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail)
    this.name = 'ScimError'
    this.status = status
    this.scimType = scimType
  }
}

/** An error as RFC 7644 §3.12 writes it: the status as text. */
export function scimErrorResponse({ status, message, scimType }: ScimError): Response {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error']
  const body = { schemas, status: String(status), ...(scimType === undefined ? {} : { scimType }), detail: message }
  return scimResponse(body, status, status === 401 ? { 'www-authenticate': 'Bearer realm="SCIM"' } : {})
}

/** Any SCIM answer (RFC 7644 §8.1). */
export function scimResponse(body: object, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/scim+json; charset=utf-8', 'cache-control': 'no-store', ...headers },
  })
}
