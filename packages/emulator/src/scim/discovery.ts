import { schemaDescriptions, schemas } from './schemas.js'

/** `ServiceProviderConfig` (RFC 7643 §5). */
export function serviceProviderConfig(base: string): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 100 },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [
      { type: 'oauthbearertoken', name: 'Bearer token', description: 'The secret of the directory', primary: true },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  }
}

/** `ResourceTypes` (RFC 7643 §6). */
export function resourceTypes(base: string): readonly (object & { readonly id: string })[] {
  const type = (name: string, endpoint: string, schema: string, more: object = {}) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint,
    schema,
    ...more,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  })
  const schemaExtensions = [{ schema: schemas.enterpriseUser, required: false }]
  return [type('User', '/Users', schemas.user, { schemaExtensions }), type('Group', '/Groups', schemas.group)]
}

/** `Schemas` (RFC 7643 §7). */
export function schemaResources(base: string): readonly (object & { readonly id: string })[] {
  return schemaDescriptions.map((description) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...description,
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${description.id}` },
  }))
}

/** A list (RFC 7644 §3.4.2). */
export function listResponse(
  all: readonly object[],
  page: { readonly startIndex: number; readonly items: readonly object[] },
): object {
  const { startIndex, items } = page
  return { schemas: [schemas.list], totalResults: all.length, startIndex, itemsPerPage: items.length, Resources: items }
}
