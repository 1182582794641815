import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { domainOf } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import { renderIdpPortal, renderIdpPortals } from '../pages/index.js'
import { idpCookie, setIdpCookie } from '../server/cookie.js'
import { notice } from '../server/notice.js'
import { pageHeaders } from '../server/page-headers.js'
import { remark } from '../server/remarks.js'
import type { Organization } from '../state/directory.js'
import { idpInitiatedLogin } from './idp-initiated.js'

/** An organization whose people can start apps at their identity provider. */
type Customer = Organization & { readonly connectionId: string }

interface Shown {
  readonly email?: string
  readonly relayState?: string
  readonly error?: string
}

/** The customers' identity providers as their people see them: a page of tiles, one for each app. */
export function portalRoutes(environment: Environment): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>().basePath('/sso/portal')
  const at = (c: Context) =>
    customers(environment).find(({ connectionId }) => connectionId === c.req.param('connection'))

  app.get('/', (c) => c.body(portals(environment), 200, pageHeaders('page')))
  app.get('/:connection', (c) => {
    const customer = at(c)
    return customer === undefined ? noPortal() : show(environment, c, customer, c.req.query())
  })
  app.post('/:connection', async (c) => {
    const customer = at(c)
    if (customer === undefined) return noPortal()
    const form = await c.req.parseBody()
    const field = (name: string) => String(form[name] ?? '').trim()
    const [email, relayState] = [field('email').toLowerCase(), field('relay_state')]
    if (!customer.domains.includes(domainOf(email))) {
      const error = `People here have addresses of ${customer.domains.join(' or ')}.`
      return show(environment, c, customer, { email, relayState, error }, 400)
    }
    const client = environment.directory.client(field('client'))
    const relayed = relayState === '' ? {} : { relayState }
    const login =
      client && (await idpInitiatedLogin(environment, { client, organization: customer, email, ...relayed }))
    if (client === undefined || login === undefined) {
      return show(environment, c, customer, { email, relayState, error: 'Choose one of the apps.' }, 400)
    }
    const { connectionId } = customer
    setIdpCookie(c, environment, environment.idpSessions.start(idpCookie(c, environment), { connectionId, email }))
    remark(c.env.outgoing, { clientId: client.id })
    c.header('cache-control', 'no-store')
    return c.redirect(login.url, 303)
  })
  app.post('/:connection/sign-out', (c) => {
    const { connection } = c.req.param()
    environment.idpSessions.end(idpCookie(c, environment), connection)
    return c.redirect(`/sso/portal/${encodeURIComponent(connection)}`, 303)
  })
  return app
}

function customers({ directory }: Environment): readonly Customer[] {
  return directory.organizations.flatMap((organization) => {
    const connection = directory.connections.activeOf(organization.id)
    if (connection === undefined || organization.features.sso !== true) return []
    return [{ ...organization, connectionId: connection.id, domains: directory.domains.ownedBy(organization.id) }]
  })
}

function portals(environment: Environment): string {
  return renderIdpPortals({
    portals: customers(environment).map(({ id, name, connectionId, domains }) => ({
      path: `/sso/portal/${connectionId}`,
      organizationId: id,
      organizationName: name,
      domains,
    })),
  })
}

function show(environment: Environment, c: Context, customer: Customer, shown: Shown, status: 200 | 400 = 200) {
  const { name, connectionId, domains } = customer
  const path = `/sso/portal/${connectionId}`
  const signedIn = environment.idpSessions.find(idpCookie(c, environment), connectionId)?.email
  const html = renderIdpPortal({
    action: path,
    signOutAction: `${path}/sign-out`,
    portalsPath: '/sso/portal',
    organizationName: name,
    connectionId,
    email: shown.email ?? signedIn ?? `sam@${domains[0] ?? 'example.com'}`,
    relayState: shown.relayState ?? '',
    apps: environment.directory.clients.flatMap(({ id, name: appName, initiateLoginUri }) =>
      initiateLoginUri === undefined ? [] : [{ id, name: appName, initiateLoginUri }],
    ),
    ...(signedIn === undefined ? {} : { signedInAs: signedIn }),
    ...(shown.error === undefined ? {} : { error: shown.error }),
  })
  return c.body(html, status, pageHeaders('form'))
}

function noPortal(): Response {
  const detail = 'No organization signs in through this connection.'
  return notice({ status: 404, title: 'No such portal', code: 'invalid_connection_id', detail })
}
