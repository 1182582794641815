import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createScalegate } from '../../packages/core/dist/index.js'

// The kit itself, run for the documents: a provider of a few lines beside it, no socket, no secret.

const issuer = 'https://auth.example'
const clientId = 'skc_12345'
const baseUrl = 'https://app.example'

/** What has no default. */
export const values = {
  options: {
    // Not that of the provider below: a process keeps the keys of an issuer as the first kit found them.
    issuer: 'https://elsewhere.example',
    clientId,
    clientSecret: 'test_only-for-the-documents',
    cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
    baseUrl,
  },
  webhookSecret: `whsec_${Buffer.from('only for the documents, nobody signs').toString('base64')}`,
}

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const now = Math.floor(Date.now() / 1000)

/** A kit, and a browser that speaks to it. */
export function stage(options = {}) {
  const kit = createScalegate(
    {
      ...values.options,
      issuer,
      webhooks: { secret: values.webhookSecret },
      fetch: answer,
      clock: () => now,
      ...options,
    },
    () => ({}),
  )
  const origin = options.baseUrl ?? baseUrl
  const visit = async (
    path,
    { as = 'navigation', method = 'GET', site = 'same-origin', cookie, form, headers } = {},
  ) => {
    const response = await kit.handle(
      new Request(origin + path, {
        method,
        headers: {
          ...(as === 'navigation' ? { accept: 'text/html' } : {}),
          'sec-fetch-mode': as === 'navigation' ? 'navigate' : 'cors',
          'sec-fetch-dest': as === 'navigation' ? 'document' : 'empty',
          'sec-fetch-site': site,
          ...(as === 'prefetch' ? { 'sec-purpose': 'prefetch' } : {}),
          ...(cookie === undefined ? {} : { cookie }),
          ...headers,
        },
        ...(method === 'POST' ? { body: new URLSearchParams(form ?? {}) } : {}),
      }),
    )
    if (response === undefined) throw new Error(`${path} is no route of the kit.`)
    return response
  }
  return { kit, visit, login: () => login(visit) }
}

/** The answers of a whole login: that of the login route, and that of the callback. */
async function login(visit) {
  const started = await visit('/auth/login')
  const asked = new URL(started.headers.get('location')).searchParams
  nonce = asked.get('nonce')
  const callback = new URL(asked.get('redirect_uri'))
  const query = new URLSearchParams({ code: randomUUID(), state: asked.get('state') })
  const finished = await visit(`${callback.pathname}?${query}`, { cookie: cookiesOf(started), site: 'cross-site' })
  if (finished.status !== 303) throw new Error(`The login answered ${finished.status}: ${await finished.text()}`)
  return { started, finished }
}

/** The `Cookie` header of a browser that has got this answer. */
export function cookiesOf(response) {
  const pairs = response.headers.getSetCookie().filter((line) => !/; max-age=0(?:;|$)/i.test(line))
  return pairs.map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

let nonce

/** The provider. */
async function answer(address) {
  const { pathname } = new URL(address)
  if (pathname === '/keys')
    return Response.json({
      keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'snk_1', alg: 'RS256', use: 'sig' }],
    })
  if (pathname !== '/oauth/token') return new Response(null, { status: 200 })
  const claims = {
    iss: issuer,
    aud: [clientId],
    sub: 'usr_101',
    oid: 'org_101',
    sid: `ses_${randomUUID()}`,
    client_id: clientId,
    iat: now,
  }
  return Response.json({
    token_type: 'Bearer',
    expires_in: 300,
    access_token: sign({ ...claims, nbf: now, exp: now + 300, jti: randomUUID(), roles: ['member'], permissions: [] }),
    id_token: sign({ ...claims, azp: clientId, exp: now + 1800, nonce, email: 'ada@corp.example' }),
    refresh_token: randomUUID(),
  })
}

function sign(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${part({ alg: 'RS256', kid: 'snk_1', typ: 'JWT' })}.${part(claims)}`
  return `${input}.${createSign('sha256').update(input).sign(keys.privateKey, 'base64url')}`
}
