import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { initiateLoginUrl } from '../initiate/address.js'
import { idpInitiatedLogin } from '../initiate/idp-initiated.js'
import { read, ShapeError } from '../shape.js'
import { missing } from './answer.js'
import * as shapes from './shapes.js'

/** Makes the links by which Scalekit sends a browser to an app's initiate login URI. */
export function initiateControlRoutes(environment: Environment): Hono {
  const app = new Hono()
  const clientOf = (id: string | undefined) => environment.directory.client(id ?? environment.firstClient.id)

  app.post('/idp-initiated-logins', async (c) => {
    const { organizationId, clientId, email, ...rest } = read(shapes.idpInitiatedLoginShape, await c.req.json())
    const organization = environment.directory.organization(organizationId)
    const client = clientOf(clientId)
    if (organization === undefined) return missing(c, 'organization')
    const { connections, domains } = environment.directory
    if (connections.activeOf(organizationId) === undefined) return missing(c, 'connection of this organization')
    if (client === undefined) return missing(c, 'client')
    const [domain = 'example.com'] = domains.ownedBy(organizationId)
    const whom = { client, organization, email: email ?? `sam@${domain}` }
    const login = await idpInitiatedLogin(environment, { ...whom, ...rest })
    return login === undefined ? noInitiateLoginUri(c) : c.json(login)
  })
  app.post('/initiate-logins', async (c) => {
    const { clientId, error, errorDescription, params } = read(shapes.initiateLoginShape, await c.req.json())
    const client = clientOf(clientId)
    if (client === undefined) return missing(c, 'client')
    const url = initiateLoginUrl(client, {
      ...params,
      ...(error === undefined ? {} : { error }),
      ...(errorDescription === undefined ? {} : { error_description: errorDescription }),
    })
    return url === undefined ? noInitiateLoginUri(c) : c.json({ url })
  })
  app.post('/invitations', async (c) => {
    const { organizationId, email, roles = [], clientId } = read(shapes.invitationShape, await c.req.json())
    const { directory, invitations, url } = environment
    const client = clientOf(clientId)
    if (directory.organization(organizationId) === undefined) return missing(c, 'organization')
    if (client === undefined) return missing(c, 'client')
    if (client.initiateLoginUri === undefined) return noInitiateLoginUri(c)
    const stranger = roles.find((name) => !directory.roleNames(organizationId).includes(name))
    if (stranger !== undefined) throw new ShapeError('roles', `names no role: ${stranger}`)
    const { id } = invitations.add({
      organizationId,
      email: email.toLowerCase(),
      roles: roles.length === 0 ? [directory.memberRole(organizationId)] : roles,
      clientId: client.id,
    })
    environment.webhooks.happened({ type: 'user.organization_invitation', organizationId, email })
    return c.json({ url: `${url}/invitations/${id}` })
  })
  return app
}

function noInitiateLoginUri(c: Context): Response {
  return missing(c, 'initiateLoginUri of this client')
}
