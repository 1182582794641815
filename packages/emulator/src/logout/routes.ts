import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Environment } from '../environment.js'
import { verifySignature } from '../jws.js'
import { isRegistered } from '../oauth/registered-uri.js'
import { clearSessionCookie } from '../server/cookie.js'
import { notice } from '../server/notice.js'
import { remark } from '../server/remarks.js'
import { endSession } from './end-session.js'

interface LogoutRequest {
  readonly idTokenHint: string | undefined
  readonly postLogoutRedirectUri: string | undefined
  readonly clientId: string | undefined
}

type Checked = { readonly refusal: string } | { readonly sid?: string }

/**
 * `GET /oidc/logout` (OIDC RP-Initiated Logout 1.0 §2). The engine's own page asks the person, sends a form and
 * refuses a hint whose `aud` is a list, so this one is ours.
 */
export function logoutRoutes(environment: Environment): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/oidc/logout', async (c) => {
    const uri = c.req.query('post_logout_redirect_uri')
    const checked = await check(environment, {
      idTokenHint: c.req.query('id_token_hint'),
      postLogoutRedirectUri: uri,
      clientId: c.req.query('client_id'),
    })
    if ('refusal' in checked) {
      remark(c.env.outgoing, { error: 'invalid_request' })
      return notice({ status: 400, title: 'Log-out refused', code: 'invalid_request', detail: checked.refusal })
    }

    const browser = environment.sessions.ofCookie(getCookie(c, environment.cookieName))
    const ended = new Set([browser?.id, checked.sid].filter((sid) => sid !== undefined))
    const about = environment.sessions.find(checked.sid ?? browser?.id ?? '')
    if (about !== undefined) remark(c.env.outgoing, { userId: about.userId, sid: about.id })
    // Awaited: when the browser is back at the app, the app has heard of the logout.
    await Promise.all([...ended].map((sid) => endSession(environment, sid, 'logout')))
    clearSessionCookie(c, environment)

    c.header('cache-control', 'no-store')
    if (uri === undefined) return c.redirect('/ui/login', 302)
    const target = new URL(uri)
    const state = c.req.query('state')
    if (state !== undefined) target.searchParams.set('state', state)
    return c.redirect(target.href, 302)
  })
  return app
}

/** Says what is wrong with the request, or which session the hint is about. Nothing has been ended yet. */
async function check(environment: Environment, request: LogoutRequest): Promise<Checked> {
  const hint =
    request.idTokenHint === undefined ? undefined : await verifySignature(request.idTokenHint, environment.keys)
  // An expired hint is fine (§2); one that nobody here signed is not.
  if (request.idTokenHint !== undefined && (hint === undefined || hint.iss !== environment.url)) {
    return { refusal: 'id_token_hint was not issued by this environment' }
  }
  const [audience] = hint === undefined ? [] : [hint.aud].flat().map(String)
  if (request.clientId !== undefined && audience !== undefined && request.clientId !== audience) {
    return { refusal: 'id_token_hint was issued to another client' }
  }
  if (request.postLogoutRedirectUri !== undefined) {
    const refusal = checkUri(environment, request.postLogoutRedirectUri, request.clientId ?? audience)
    if (refusal !== undefined) return { refusal }
  }
  const sid = hint?.sid
  return typeof sid === 'string' ? { sid } : {}
}

function checkUri(environment: Environment, uri: string, clientId: string | undefined): string | undefined {
  if (!URL.canParse(uri)) return 'post_logout_redirect_uri must be an absolute URI'
  const clients = environment.directory.clients.filter((client) => clientId === undefined || client.id === clientId)
  const known = clients.flatMap((client) => client.postLogoutRedirectUris)
  if (clients.length === 0) return 'client_id is not known'
  return isRegistered(uri, known, environment.settings) ? undefined : 'post_logout_redirect_uri is not registered'
}
