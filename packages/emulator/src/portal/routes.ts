import { type Context, Hono } from 'hono'
import type { Environment } from '../environment.js'
import { type PortalFrame, renderPortal, renderPortalOver } from '../pages/index.js'
import { isOpen, type PortalFeature, type PortalSession, portalFeatures } from '../state/portal-links.js'
import type { PortalEvent } from '../state/portal-links-events.js'
import type { Outcome, Submission } from './desk.js'
import { submitDomains } from './domains.js'
import { loadFailure, messagesOf, sessionEvent, takeEvents } from './events.js'
import { framingOrigins, portalHeaders } from './frame.js'
import { domainsModel, scimModel, ssoModel } from './models.js'
import { submitScim } from './scim.js'
import { submitSso } from './sso.js'

/** The parts of the portal, by the end of their path. */
const sections = { sso: 'sso', scim: 'dir_sync', domains: 'domain_verification' } as const
type Section = keyof typeof sections

/** The admin portal: an app's customer sets up single sign-on, directory sync and domains, in a frame of the app. */
export function adminPortalRoutes(environment: Environment): Hono {
  const app = new Hono()
  app.get('/magicLink/:link', (c) => {
    // Whoever looks ahead must not use the link up.
    if (c.req.method === 'HEAD' || /prefetch|preview/i.test(c.req.header('sec-purpose') ?? '')) return c.body(null, 204)
    const session = environment.portalLinks.open(c.req.param('link'))
    if (session === undefined) return over(environment, [loadFailure])
    environment.portalLinks.post(session, sessionEvent('PORTAL_LOAD_SUCCESS', session))
    return c.body(null, 303, { ...portalHeaders(environment), location: `/portal/${session.token}` })
  })
  const within = (handler: (c: Context, session: PortalSession) => Response | Promise<Response>) => (c: Context) => {
    const session = environment.portalLinks.session(c.req.param('session') ?? '')
    if (session !== undefined && isOpen(session) && environment.directory.organization(session.organizationId)) {
      return handler(c, session)
    }
    const events = session === undefined ? [] : takeEvents(environment, session)
    return over(environment, events.length === 0 ? [loadFailure] : events)
  }
  app.get(
    '/portal/:session',
    within((_c, session) => show(environment, session, sectionsOf(environment, session)[0])),
  )
  app.get(
    '/portal/:session/:section',
    within((c, session) => show(environment, session, sectionIn(c))),
  )
  const submit = within(async (c, session) => {
    const section = sectionIn(c)
    if (section === undefined || !sectionsOf(environment, session).includes(section))
      return show(environment, session, undefined)
    const { id, action = '' } = c.req.param() as { readonly id?: string; readonly action?: string }
    const outcome = submitted(environment, session, section, { id, action, form: await c.req.parseBody() })
    // A form that worked is not sent again by a reload, unless its answer has something to say.
    if (Object.keys(outcome).length > 0) return show(environment, session, section, outcome)
    return c.body(null, 303, { ...portalHeaders(environment), location: `/portal/${session.token}/${section}` })
  })
  app.post('/portal/:session/:section/:action', submit)
  app.post('/portal/:session/:section/:id/:action', submit)
  return app
}

/** What the page of a session asks for every second: events to post, and whether it is over. */
export function portalEventRoutes(environment: Environment): Hono {
  const app = new Hono()
  app.post('/portal-events/:session', (c) => {
    const session = environment.portalLinks.session(c.req.param('session'))
    if (session === undefined) return c.json({ messages: messagesOf(environment, [loadFailure]), open: false })
    return c.json({ messages: messagesOf(environment, takeEvents(environment, session)), open: isOpen(session) })
  })
  return app
}

function submitted(
  environment: Environment,
  session: PortalSession,
  section: Section,
  submission: Submission,
): Outcome {
  const tell = (event: PortalEvent) => environment.portalLinks.post(session, event)
  const desk = { environment, organizationId: session.organizationId, tell }
  if (section === 'sso') return submitSso(desk, submission)
  return section === 'scim' ? submitScim(desk, submission) : submitDomains(desk, submission)
}

/** What the link names; without features, what is on for the organization. Domains are a feature of the organization. */
function sectionsOf({ directory }: Environment, { organizationId, features }: PortalSession): readonly Section[] {
  const on = directory.organization(organizationId)?.features ?? {}
  const isShown = (feature: PortalFeature) =>
    features === undefined
      ? on[feature] === true
      : features.includes(feature) || (feature === 'domain_verification' && on[feature] === true)
  const shown = portalFeatures.filter(isShown)
  return (Object.keys(sections) as Section[]).filter((section) => shown.includes(sections[section]))
}

function sectionIn(c: Context): Section | undefined {
  return (Object.keys(sections) as Section[]).find((section) => section === c.req.param('section'))
}

function show(environment: Environment, session: PortalSession, section: Section | undefined, outcome: Outcome = {}) {
  const shown = sectionsOf(environment, session)
  const open = section !== undefined && shown.includes(section) ? section : undefined
  const base = `/portal/${session.token}`
  const { organizationId, expiresAt } = session
  const { secret, ...said } = outcome
  const html = renderPortal({
    frame: frameOf(environment, takeEvents(environment, session), `/_emulator/portal-events/${session.token}`),
    organization: {
      id: organizationId,
      name: environment.directory.organization(organizationId)?.name ?? organizationId,
    },
    expiresAt: new Date(expiresAt * 1000).toISOString(),
    base,
    sections: shown,
    ...(open === undefined ? {} : { open }),
    ...said,
    ...(open === 'sso' ? { sso: ssoModel(environment, organizationId) } : {}),
    ...(open === 'scim' ? { scim: scimModel(environment, organizationId, secret) } : {}),
    ...(open === 'domains' ? { domains: domainsModel(environment, organizationId) } : {}),
  })
  const status = said.error !== undefined ? 400 : open === undefined && section !== undefined ? 404 : 200
  return new Response(html, { status, headers: portalHeaders(environment) })
}

function over(environment: Environment, events: readonly PortalEvent[]): Response {
  const html = renderPortalOver(frameOf(environment, events))
  return new Response(html, { status: 410, headers: portalHeaders(environment) })
}

function frameOf(environment: Environment, events: readonly PortalEvent[], pollPath?: string): PortalFrame {
  const poll = pollPath === undefined ? {} : { pollPath }
  return { origins: framingOrigins(environment), messages: messagesOf(environment, events), ...poll }
}
