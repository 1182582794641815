// oidc-provider as it comes, as a program: its clock can be moved, which needs a process of its own.
// Started with AUDIT_REGISTRATIONS; prints one line of JSON when it listens, and is told the rest over /_audit/….
import { createServer } from 'node:http'

const { env } = process
const registrations = JSON.parse(env.AUDIT_REGISTRATIONS)
const people = JSON.parse(env.AUDIT_PEOPLE)
const audience = 'urn:audit:api'

let ahead = 0
const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + ahead * 1000] : args))
  }
  static now() {
    return RealDate.now() + ahead * 1000
  }
}
// Imported late: neither may take hold of the real `Date`.
const { default: Provider } = await import('oidc-provider')
const { exportJWK, generateKeyPair, SignJWT } = await import('jose')

const { privateKey } = await generateKeyPair('RS256', { extractable: true })
const clientOf = (index) => ({ id: `plain-client-${index}`, secret: `plain_secret_of_client_${index}` })
const machine = { id: 'm2m_plain_machine', secret: 'plain_secret_of_the_machine' }
const requests = []
/** Grant → organization that was asked for at its last authorization. */
const asked = new Map()
let fault
let handle

const server = createServer(async (req, res) => {
  const path = req.url.split('?')[0]
  const control = controls[`${req.method} ${path}`]
  if (control !== undefined) {
    const answer = await control(JSON.parse((await bodyOf(req)) || '{}'))
    return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
  }
  if (path !== '/token') {
    requests.push({ kind: kindOf(path) })
    // The engine has one account at a time, and refuses to let anybody choose.
    if (path === '/auth') req.url = req.url.replace(/([?&])prompt=select_account(&|$)/, '$1$2')
    return handle(req, res)
  }
  // Read here, for the log; the engine takes a body that was parsed before.
  const form = await bodyOf(req)
  requests.push({ kind: 'token', grantType: new URLSearchParams(form).get('grant_type') ?? undefined })
  if (fault?.kind === 'drop') return req.socket.destroy()
  if (fault?.kind === 'status')
    return res.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(fault.body ?? '{}')
  if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.seconds * 1000))
  req.body = Object.fromEntries(new URLSearchParams(form))
  return handle(req, res)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const issuer = `http://localhost:${port}`

const provider = new Provider(issuer, {
  clients: [
    ...registrations.map(({ redirectUri, postLogoutRedirectUri, backchannelLogoutUri }, index) => ({
      client_id: clientOf(index).id,
      client_secret: clientOf(index).secret,
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [postLogoutRedirectUri],
      backchannel_logout_uri: backchannelLogoutUri,
      backchannel_logout_session_required: true,
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['authorization_code', 'refresh_token'],
    })),
    {
      client_id: machine.id,
      client_secret: machine.secret,
      redirect_uris: [],
      response_types: [],
      token_endpoint_auth_method: 'client_secret_post',
      grant_types: ['client_credentials'],
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'plain-key' }] },
  cookies: {
    keys: ['plain-cookie-key'],
    names: { session: `_s${port}`, interaction: `_i${port}`, resume: `_r${port}` },
  },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: async () => false,
  // What an app of Scalekit reads of its access tokens, by the engine's own hook for claims.
  extraTokenClaims: async (_ctx, token) => claimsOf(token),
  // Kept in the request, so that a member of two organizations can enter the one that is asked for.
  extraParams: ['organization_id'],
  loadExistingGrant: async (ctx) => {
    const { client, session, result, params } = ctx.oidc
    const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
    if (grantId === undefined) return undefined
    asked.set(grantId, params.organization_id)
    return provider.Grant.find(grantId)
  },
  ttl: { AccessToken: 299, IdToken: 1800, RefreshToken: 86_400, Session: 86_400, Grant: 86_400, Interaction: 600 },
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    clientCredentials: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: 'openid profile email offline_access projects:read',
        audience,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
})
handle = provider.callback()

/** What the port of the audits asks for. */
const controls = {
  'GET /_audit/requests': () => requests,
  'POST /_audit/forget': () => void requests.splice(0),
  'POST /_audit/fault': (given) => {
    fault = given.kind === undefined ? undefined : given
  },
  'POST /_audit/clock': (given) => {
    ahead = given.ahead
  },
  'POST /_audit/person': ({ sub, claims }) => {
    people[sub] = claims
  },
  'POST /_audit/sign': async ({ claims, header }) => ({ token: await signed(claims, header) }),
  'POST /_audit/machine-token': async () => {
    const { id, secret } = machine
    const body = { grant_type: 'client_credentials', client_id: id, client_secret: secret, scope: 'projects:read' }
    const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(body) })
    return { token: (await answer.json()).access_token }
  },
  'POST /_audit/logout-token': async (given) => ({ token: await logoutToken(given) }),
  'POST /_audit/end-session': async ({ app, sid, sub }) => {
    const { backchannelLogoutUri } = registrations.find(({ id }) => id === app)
    const body = new URLSearchParams({ logout_token: await logoutToken({ app, sid, sub }) })
    const { status } = await fetch(backchannelLogoutUri, { method: 'POST', body, redirect: 'manual' })
    return { status }
  },
}
const ready = { issuer, audience, clients: registrations.map((_, index) => clientOf(index)) }
process.stdout.write(`${JSON.stringify(ready)}\n`)
process.on('SIGTERM', () => process.exit(0))

function claimsOf({ accountId, grantId }) {
  if (accountId === undefined) return undefined
  const { also, ...claims } = people[accountId]
  return also !== undefined && asked.get(grantId) === also ? { ...claims, oid: also } : claims
}

function signed(claims, header) {
  const all = { alg: 'RS256', kid: 'plain-key', typ: 'JWT', ...header }
  return new SignJWT(claims).setProtectedHeader(all).sign(privateKey)
}

async function logoutToken({ app, sid, sub, claims = {} }) {
  const now = Math.floor(Date.now() / 1000)
  const payload = {
    iss: issuer,
    aud: clientOf(registrations.findIndex(({ id }) => id === app)).id,
    iat: now,
    exp: now + 120,
    jti: crypto.randomUUID(),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    sid,
    sub,
    ...claims,
  }
  const present = Object.fromEntries(
    Object.entries(payload).filter(([, value]) => value !== undefined && value !== null),
  )
  return signed(present, { typ: 'logout+jwt' })
}

async function bodyOf(req) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function kindOf(path) {
  const kinds = { '/auth': 'authorize', '/jwks': 'keys', '/session/end': 'logout' }
  return path.startsWith('/.well-known/') ? 'discovery' : (kinds[path] ?? 'other')
}
