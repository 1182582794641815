import { code, head, table } from './markdown.mjs'
import { cookiesOf, stage } from './staged-kit.mjs'

/** Code has no one place that says what a cookie is for. */
const purposes = {
  session: [
    "The session: the three tokens, the kit’s own session id, permissions from a source if there is one, and instants (login, last confirmation, last activity, end). With `session.storage: 'store'` 43 random characters, and all of that in the store.",
    'sealed',
  ],
  transaction: [
    'One login in progress: `state`, `nonce`, PKCE verifier, where to come back to, the organization that was asked for. `<tag>` is a hash of `state`, `<time>` its start in base 36.',
    'sealed',
  ],
  refresh: ['How often this browser came to the refresh route lately, so that a loop of redirects ends.', 'a digit'],
  arrivals: ['How often this browser was sent to the login route from outside lately, for the same reason.', 'a digit'],
}

/** `docs/reference/cookies.md`: names, lifetimes and attributes are those the kit has just set. */
export async function cookieReference() {
  const https = await cookiesSet({})
  const http = await cookiesSet({ baseUrl: 'http://localhost:3000' })
  const shared = await cookiesSet({ session: { domain: 'app.example' } })
  const rows = Object.entries(purposes).map(([which, [purpose, form]]) => [
    code(http[which].name),
    https[which].maxAge,
    form,
    purpose,
  ])
  const names = Object.keys(purposes).map((which) => [https, http, shared].map((cookies) => code(cookies[which].name)))
  return `${head('Cookies', 'the answers of the running kit')}
${table(['cookie', 'seconds', 'value', 'what is in it'], rows)}

\`scalegate\` is \`session.cookieName\`; the lifetimes are \`session.absolute\` and \`transaction.lifetime\`. Where cookies of two apps meet,
as on \`localhost\`, whose ports they ignore, give each app a name of its own.

A session that is longer than one cookie may be is in \`scalegate.0\`, \`scalegate.1\` and so on, up to \`scalegate.7\`; written anew it takes away
what is left over. At most \`transaction.max\` logins are in progress, in 4096 bytes together; the oldest goes.

## Names

${table(['on https', 'on http, this machine only', 'with `session.domain`'], names)}

## Attributes

${table(
  ['', 'attributes'],
  [
    ['on https', code(oneOf(https))],
    ['on http', code(oneOf(http))],
    ["with `session.domain: 'app.example'`", code(oneOf(shared))],
    ["with `session.sameSite: 'none'`", code(oneOf(await cookiesSet({ session: { sameSite: 'none' } })))],
  ],
)}

All cookies of the kit have the same. \`Strict\` cannot be chosen: the way back from Scalekit is a navigation from another site, and would bring
no cookie.

## Seals

Fe26.2 of iron-session: AES-256-CBC and HMAC-SHA-256. The key is derived by HKDF from \`cookieSecret\`, purpose, cookie name, issuer and client id:
a cookie of another purpose, app or environment does not open. The lifetime is inside of the seal too. With a list of secrets the first
seals and all open; what an older one sealed is sealed anew with the next request that can store a cookie.
`
}

async function cookiesSet(options) {
  const { visit, login } = stage(options)
  const { started, finished } = await login()
  const session = cookiesOf(finished)
  const refreshed = await visit('/auth/refresh', { cookie: session })
  const sent = await visit('/auth/login', { site: 'cross-site' })
  const cookies = {
    transaction: find(started, /-login\./),
    session: find(finished, /scalegate(?:\.0)?$/),
    refresh: find(refreshed, /-refresh$/),
    arrivals: find(sent, /-arrivals$/),
  }
  cookies.transaction.name = cookies.transaction.name.replace(/(-login)\.[\w-]{16}\.\w+$/, '$1.<tag>.<time>')
  return cookies
}

function find(answer, name) {
  const cookies = answer.headers.getSetCookie().map(parsed)
  const cookie = cookies.find((one) => name.test(one.name) && one.maxAge !== '0')
  if (cookie === undefined) throw new Error(`No cookie ${name} among ${cookies.map((one) => one.name).join(', ')}.`)
  return cookie
}

function parsed(line) {
  const [pair, ...attributes] = line.split('; ')
  return {
    name: pair.slice(0, pair.indexOf('=')),
    maxAge: attributes.find((one) => /^max-age=/i.test(one))?.slice('max-age='.length) ?? 'until the browser closes',
    attributes: attributes.filter((one) => !/^max-age=/i.test(one)).join('; '),
  }
}

/** All have the same, and this is where it would be noticed if they had not. */
function oneOf(cookies) {
  const kinds = [...new Set(Object.values(cookies).map(({ attributes }) => attributes))]
  if (kinds.length > 1) throw new Error(`Cookies differ in their attributes: ${kinds.join(' and ')}.`)
  return kinds[0]
}
