import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { type Connection, isActive } from '../state/connections.js'
import { domainJson } from './domains.js'
import { existing } from './errors.js'
import type { Json } from './json.js'
import { organizationOf } from './organizations.js'
import { textOf } from './query.js'

const path = '/organizations/:organization/connections/:id'

/** Connections: an organization's single sign-on. Made in the admin portal; here they are read and switched. */
export function connectionRoutes(environment: Environment): Hono {
  const app = new Hono()
  const named = (c: Context, wanted = c.req.param('id')): Connection => {
    const { id } = organizationOf(environment, c.req.param('organization') ?? '')
    const found = environment.directory.connections.of(id).find((connection) => connection.id === wanted)
    return existing(found, 'connection')
  }
  app.get('/connections', (c) => {
    const [organizationId, domain] = [textOf(c, 'organization_id'), textOf(c, 'domain')]
    const owner = domain === undefined ? undefined : (environment.directory.domains.ownerOf(domain) ?? 'nobody')
    const isWanted = (connection: Connection) =>
      (textOf(c, 'include') === 'all' || isActive(connection)) &&
      (organizationId === undefined || connection.organizationId === organizationId) &&
      (owner === undefined || connection.organizationId === owner)
    const found = environment.directory.connections.all.filter(isWanted)
    return c.json({ connections: found.map((connection) => listedJson(environment, connection)) })
  })
  app.get(path, (c) => c.json({ connection: connectionJson(environment, named(c)) }))
  app.delete(path, (c) => {
    environment.directory.connections.remove(named(c).id)
    return c.json({})
  })
  // Hono reads `:id` up to the next slash, so that the verb of `{id}:enable` comes with it.
  app.patch(path, (c, next) => {
    const { id } = named(c, idOf(c))
    const verb = verbOf(c)
    if (verb === undefined) return next()
    const problem = environment.directory.connections.setEnabled(id, verb === 'enable')
    const enabled = environment.directory.connections.find(id)?.enabled ?? false
    return c.json({ enabled, ...(problem === undefined ? {} : { error_message: problem }) })
  })
  return app
}

/** The id in `{id}` or `{id}:enable`. */
export function idOf(c: Context): string {
  return (c.req.param('id') ?? '').split(':', 1)[0] ?? ''
}

/** The verb behind an id, e.g. of `…/conn_1:enable`. */
export function verbOf(c: Context): 'enable' | 'disable' | undefined {
  const [, verb] = (c.req.param('id') ?? '').split(':')
  return verb === 'enable' || verb === 'disable' ? verb : undefined
}

/** `connectionsListConnection`. */
function listedJson({ directory }: Environment, connection: Connection): Json {
  const { id, organizationId, provider, type, status, enabled } = connection
  return {
    id,
    provider,
    provider_key: provider.toLowerCase(),
    type,
    status,
    enabled,
    organization_id: organizationId,
    organization_name: directory.organization(organizationId)?.name ?? '',
    domains: directory.domains.ownedBy(organizationId),
    key_id: id,
  }
}

/** `connectionsConnection`. */
function connectionJson(environment: Environment, connection: Connection): Json {
  const { domains: _names, organization_name: _name, ...shared } = listedJson(environment, connection)
  const { domains } = environment.directory
  return {
    ...shared,
    domains: domains.of(connection.organizationId).map((domain) => domainJson(environment, domain)),
    configuration_type: 'MANUAL',
    attribute_mapping: {},
    debug_enabled: false,
    test_connection_uri: `${environment.url}/sso/portal/${connection.id}`,
    ...(connection.type === 'OIDC' ? { oidc_config: oidcJson(environment, connection) } : {}),
    ...(connection.type === 'SAML' ? { saml_config: samlJson(environment, connection) } : {}),
  }
}

/** The secret is never told again. */
function oidcJson({ url }: Environment, { id, configuration }: Connection): Json {
  return {
    issuer: configuration.issuer ?? '',
    discovery_endpoint:
      configuration.issuer === undefined ? '' : `${configuration.issuer}/.well-known/openid-configuration`,
    client_id: configuration.clientId ?? '',
    scopes: ['openid', 'profile', 'email'],
    redirect_uri: `${url}/sso/v1/oidc/${id}/callback`,
    pkce_enabled: true,
    jit_provisioning_with_sso_enabled: true,
  }
}

function samlJson({ url }: Environment, { id, configuration }: Connection): Json {
  return {
    idp_metadata_url: configuration.metadataUrl ?? '',
    sp_metadata_url: `${url}/sso/v1/saml/${id}/metadata`,
    sp_assertion_url: `${url}/sso/v1/saml/${id}/callback`,
    sp_entity_id: `${url}/sso/v1/saml/${id}`,
    idp_name_id_format: 'EMAIL',
    allow_idp_initiated_login: true,
    jit_provisioning_with_sso_enabled: true,
  }
}
