import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Engine } from '../engine/engine.js'
import { connectionOfDomain, domainOf, type Selection } from '../engine/selection.js'
import type { Environment } from '../environment.js'
import { initiateLoginUrl } from '../initiate/address.js'
import { notice } from '../server/notice.js'
import { pageHeaders } from '../server/page-headers.js'
import type { PendingLogin } from '../state/pending-logins.js'
import { admit, refuse, type Step, signedIn } from './finish.js'
import { findInteraction, type NodeContext, selectionOf } from './interaction.js'
import { postInvitation, showInvitation } from './invitation.js'
import { loginPage, organizationPage, signUpPage } from './pages.js'
import { postSignUp } from './sign-up.js'
import { postSso, showSso, ssoLogin } from './sso.js'

type Handler = (step: Step) => Response | Promise<Response>

/** The pages between `/oauth/authorize` and the app: who, which organization, single sign-on, sign-up. */
export function loginRoutes(environment: Environment, engine: Engine): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const during = (handler: Handler) => async (c: NodeContext) => {
    const interaction = await findInteraction(environment, engine, c)
    if (interaction === undefined) return expired(environment)
    return handler({ environment, engine, c, interaction })
  }
  app.get('/login/:uid', during(showFirstPage))
  app.post('/login/:uid', during(postLogin))
  app.get('/login/:uid/organization', during(showOrganizations))
  app.post('/login/:uid/organization', during(postOrganization))
  app.get('/login/:uid/sso', during(showSsoPage))
  app.post('/login/:uid/sso', during(postSso))
  app.post('/login/:uid/invitation', during(postInvitation))
  app.get('/login/:uid/sign-up', during(showSignUp))
  app.post('/login/:uid/sign-up', during(postSignUp))
  app.post(
    '/login/:uid/cancel',
    during((step) => refuse(step, 'access_denied', 'the user cancelled')),
  )
  return app
}

/** Scalekit sends such a browser to the initiate login URI of the app; here a page says first what happened. */
function expired(environment: Environment): Response {
  const detail = 'This login is over or was started in another browser. Go back to the app and start again.'
  const href = initiateLoginUrl(environment.firstClient)
  const link = href === undefined ? {} : { link: { href, label: 'Log in at the app' } }
  return notice({ status: 400, title: 'Login expired', code: 'login_expired', detail, ...link })
}

function showFirstPage(step: Step): Response | Promise<Response> {
  const { environment, interaction, c } = step
  if (interaction.params.invitation_token !== undefined) return showInvitation(step)
  const selection: Selection = selectionOf(environment, interaction)
  if (selection.kind === 'sso') return showSso(step, selection.target)
  if (selection.kind === 'sign-up' && c.req.query('page') !== 'login') return showSignUp(step)
  if (selection.kind === 'organization') return c.redirect(`/login/${interaction.id}/organization`, 303)
  // Since the request came in, another tab may have signed in, or an organization may have gone.
  if (selection.kind === 'refused') return refuse(step, selection.error, selection.description)
  if (selection.kind === 'grant' && interaction.session !== undefined) {
    const { userId, amr } = interaction.session
    return admit(step, { userId, amr, organization: selection.organization, proof: 'session' })
  }
  return page(step, loginPage(environment, interaction, selection.kind === 'login' ? { target: selection.target } : {}))
}

async function postLogin(step: Step): Promise<Response> {
  const { environment, interaction, c } = step
  const { directory } = environment
  const form = await c.req.parseBody()
  const email = typeof form.email === 'string' ? form.email.trim() : ''
  const user = typeof form.user === 'string' ? directory.user(form.user) : directory.userByEmail(email)
  const address = user?.email ?? email
  if (connectionOfDomain(domainOf(address), directory) !== undefined) {
    return c.redirect(`/login/${interaction.id}/sso?${new URLSearchParams({ email: address })}`, 303)
  }
  if (user === undefined) {
    const error = email === '' ? 'Choose who signs in.' : 'Nobody here has this e-mail address.'
    return page(step, loginPage(environment, interaction, { error }), 400)
  }
  const amr = [directory.connectionOf({ provider: interaction.params.provider })]
  return signedIn(step, { userId: user.id, amr, proof: 'now' })
}

function showOrganizations(step: Step): Response {
  const { environment, interaction } = step
  const userId = interaction.proven?.userId ?? interaction.session?.userId
  const user = userId === undefined ? undefined : environment.directory.user(userId)
  return user === undefined ? expired(environment) : page(step, organizationPage(environment, interaction, user))
}

async function postOrganization(step: Step): Promise<Response> {
  const { environment, interaction, c } = step
  const form = await c.req.parseBody()
  const chosen = String(form.organization ?? '')
  const { proven, session } = interaction
  // Without a login on an earlier page the session speaks, but not where the request asked for a new login.
  const trusted = selectionOf(environment, interaction).kind === 'organization' ? session : undefined
  const bySession: PendingLogin | undefined = trusted && { userId: trusted.userId, amr: trusted.amr, proof: 'session' }
  const who = proven ?? bySession
  if (who === undefined) return expired(environment)
  const organization = environment.directory.organizationsOf(who.userId).find(({ id }) => id === chosen)
  if (organization === undefined) return refuse(step, 'access_denied', 'the user is not a member of that organization')
  const { organizationId: _earlierChoice, ...proof } = who
  return admit(step, { ...proof, organization })
}

function showSsoPage(step: Step): Response | Promise<Response> {
  const { environment, interaction, c } = step
  const login = ssoLogin(environment, interaction, c.req.query('email') ?? interaction.params.login_hint ?? '')
  return login === undefined ? expired(environment) : showSso(step, login)
}

function showSignUp(step: Step): Response {
  const email = step.interaction.params.login_hint ?? ''
  return page(step, signUpPage(step.interaction, { email, givenName: '', familyName: '', organizationName: '' }))
}

function page(step: Step, html: string, status: 200 | 400 = 200): Response {
  return step.c.body(html, status, pageHeaders('form'))
}
