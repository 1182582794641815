import { gzipSync } from 'node:zlib'
import { mustBe401, mustNotReach } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'
import { type Answer, exchange } from '../http/exchange.js'

const formType = 'application/x-www-form-urlencoded'
const path = '/auth/backchannel-logout'

/** As the provider sends it: no cookie, no fetch metadata, by the socket. */
function send(site: Site, body: string, contentType = formType, method = 'POST'): Promise<Answer> {
  const headers = new Headers({ 'content-length': String(Buffer.byteLength(body)) })
  if (contentType !== '') headers.set('content-type', contentType)
  return exchange(`${site.socket}${site.path}${path}`, method, headers, body)
}

const post = (site: Site, token: string) => send(site, new URLSearchParams({ logout_token: token }).toString())

/** No redirect, no cookie, no cache; and nothing of the request in the body. */
function mustBeQuiet({ headers, text }: Answer): void {
  mustMatch('Cache-Control', headers.get('cache-control'), /no-store/)
  mustBe('Location', headers.get('location'), null)
  mustBe('cookies', headers.getSetCookie(), [])
  mustHold('nothing is repeated', !/eyJ|canary/.test(text))
}

function mustBeDone(answer: Answer): void {
  mustBe('status', answer.status, 200)
  mustBeQuiet(answer)
}

function mustBeRefused(answer: Answer, statuses: readonly number[] = [400]): void {
  mustBeOneOf('status', answer.status, statuses)
  mustMatch('Content-Type', answer.headers.get('content-type'), /^application\/json/)
  mustBe('error', (JSON.parse(answer.text) as { error?: string }).error, 'invalid_request')
  mustBeQuiet(answer)
}

async function person(bench: Bench, site: Site, name: 'admin' | 'member' | 'guest' = 'admin') {
  const browser = await site.signedIn(name)
  const { sid } = await site.sessionOf(browser)
  const { subject: sub } = bench.provider.people[name]
  return { browser, sid, sub }
}

/** OIDC Back-Channel Logout 1.0, as far as an adapter carries it. */
export const backchannelLogout: readonly Audit[] = [
  {
    id: '33ts',
    name: 'MUST end by sid that session and no other, as the provider delivers it',
    cites: 'BCL §2.5, §2.7; SEC-233; SEC-235',
    async run(bench) {
      const site = await bench.site()
      const ended = await person(bench, site)
      const other = await person(bench, site)
      mustHold('two sessions of one person', ended.sid !== other.sid)
      mustBe('answer to the provider', await bench.provider.endSession({ app: site.variant, ...ended }), 200)
      mustBe401(await ended.browser.fetch(site.at('/private')))
      mustBe('the other one', await site.isIn(other.browser), true)
    },
  },
  {
    id: 'sh44',
    name: 'MUST end by sub alone every session of the person, and let the next login in',
    cites: 'BCL §2.7; SEC-234; SEC-236',
    async run(bench) {
      const site = await bench.site()
      const [one, two] = [await person(bench, site, 'member'), await person(bench, site, 'member')]
      const bystander = await person(bench, site, 'guest')
      mustBeDone(await post(site, await bench.provider.logoutToken({ app: site.variant, sub: one.sub })))
      for (const { browser } of [one, two]) mustBe401(await browser.fetch(site.at('/private')))
      mustBe('somebody else', await site.isIn(bystander.browser), true)
      await bench.pass(1)
      mustBe('a new login', await site.isIn(await site.signedIn('member')), true)
      mustBe401(await two.browser.fetch(site.at('/private')))
    },
  },
  {
    id: 'h3fd',
    name: 'MUST see everywhere at once a session that was ended a moment ago',
    cites: 'BCL §2.7; G4',
    async run(bench) {
      const site = await bench.site()
      const { browser, sid, sub } = await person(bench, site)
      // Each place has seen and remembered the session before.
      const places = ['/private', '/page', '/admin']
      for (const place of places) mustBe(`${place} before`, (await browser.copy().navigate(site.at(place))).status, 200)
      mustBeDone(await post(site, await bench.provider.logoutToken({ app: site.variant, sid, sub })))
      for (const place of places) {
        const page = await browser.copy().navigate(site.at(place))
        mustNotReach(page)
        mustHold(`${place}: led away`, page.status >= 300 && page.status < 400, page.status)
      }
      mustHold('/: a stranger', (await browser.copy().navigate(site.at('/'))).text.includes('stranger'))
      const json = await browser.copy().fetch(site.at('/auth/session'))
      mustBe('session as JSON', JSON.parse(json.text), { session: null })
    },
  },
  {
    id: '4g4x',
    name: 'MUST refuse what is no logout token of the provider for this app, with 400 and no-store',
    cites: 'BCL §2.6, §2.8; SEC-215 to SEC-230; SEC-241',
    async run(bench) {
      const site = await bench.site()
      const { browser, sid, sub } = await person(bench, site)
      const mint = (claims: Record<string, unknown>) =>
        bench.provider.logoutToken({ app: site.variant, sid, sub, claims })
      const good = await mint({})
      const [header = '', payload = ''] = good.split('.')
      const none = Buffer.from('{"alg":"none"}').toString('base64url')
      await eachRow(
        [
          ['nothing', ''],
          ['an empty one', 'logout_token='],
          ['another parameter', 'x=canary'],
          ['two', `logout_token=${good}&logout_token=${good}`],
          ['a list', `logout_token[]=${good}`],
          ['no token at all', 'logout_token=canary'],
          ['alg none', `logout_token=${none}.${payload}.`],
          ['signature cut', `logout_token=${header}.${payload}.${'A'.repeat(342)}`],
          ['another issuer', `logout_token=${await mint({ iss: 'https://evil.example' })}`],
          ['another app', `logout_token=${await mint({ aud: 'skc_other' })}`],
          ['a nonce', `logout_token=${await mint({ nonce: 'n' })}`],
          ['no event', `logout_token=${await mint({ events: null })}`],
          ['no jti', `logout_token=${await mint({ jti: null })}`],
          ['neither sid nor sub', `logout_token=${await mint({ sid: null, sub: null })}`],
          ['eleven minutes old', `logout_token=${await mint({ iat: 1_000_000 })}`],
        ],
        async (_label, body) => mustBeRefused(await send(site, body)),
      )
      mustBe('still signed in', await site.isIn(browser), true)
    },
  },
  {
    id: 't486',
    name: 'MUST read the logout token where a body parser has been before',
    cites: 'BCL §2.5; SEC-213; SEC-216',
    async run(bench) {
      const site = await bench.site('parser')
      const one = await person(bench, site)
      const token = await bench.provider.logoutToken({ app: site.variant, sid: one.sid, sub: one.sub })
      mustBeDone(await send(site, `ignored_parameter=x&logout_token=${token}`))
      mustBe401(await one.browser.fetch(site.at('/private')))
      const two = await person(bench, site)
      const fresh = await bench.provider.logoutToken({ app: site.variant, sid: two.sid, sub: two.sub })
      for (const body of ['', `logout_token=${fresh}&logout_token=${fresh}`, `logout_token[]=${fresh}`])
        mustBeRefused(await send(site, body))
      mustBeRefused(await send(site, JSON.stringify({ logout_token: fresh }), 'application/json'), [400, 415])
      mustBe('still signed in', await site.isIn(two.browser), true)
      // A form of no fields: consumed, and nothing was in it.
      mustBe('the log-out form', (await site.logOut(two.browser)).status, 200)
      mustBe('signed in', await site.isIn(two.browser), false)
    },
  },
  {
    id: 'jb58',
    name: 'MUST take a form and nothing else, in any spelling of its content type',
    cites: 'BCL §2.5; SEC-212; SEC-216; SEC-217',
    async run(bench) {
      const site = await bench.site()
      const { browser, sid, sub } = await person(bench, site)
      const token = await bench.provider.logoutToken({ app: site.variant, sid, sub, claims: { ignored_claim: 'x' } })
      await eachRow(
        [
          ['application/json', JSON.stringify({ logout_token: token })],
          ['text/plain', `logout_token=${token}`],
          [
            'multipart/form-data; boundary=x',
            `--x\r\nContent-Disposition: form-data; name="logout_token"\r\n\r\n${token}\r\n--x--\r\n`,
          ],
          ['', `logout_token=${token}`],
        ],
        async (type, body) => mustBeRefused(await send(site, body, type), [400, 415]),
      )
      mustBe('still signed in', await site.isIn(browser), true)
      const spelt = 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'
      mustBeDone(await send(site, `ignored_parameter=x&logout_token=${token}`, spelt))
      mustBe401(await browser.fetch(site.at('/private')))
    },
  },
  {
    id: 'zv66',
    name: 'MUST answer other methods on the back channel 405',
    cites: 'BCL §2.5; SEC-211',
    async run(bench) {
      const site = await bench.site()
      for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await send(site, '', '', method)
        mustBe(`${method}: status`, answer.status, 405)
        mustMatch(`${method}: Allow`, answer.headers.get('allow'), /POST/)
        mustBe(`${method}: cookies`, answer.headers.getSetCookie(), [])
      }
    },
  },
  {
    id: 'd8qz',
    name: 'MUST NOT read a body that is too long or without an end',
    cites: 'ASVS 13.1.3; SEC-214',
    async run(bench) {
      const site = await bench.site()
      mustBe('40 KB', (await send(site, `logout_token=${'a'.repeat(40 * 1024)}`)).status, 413)
      const endless = await site.raw({
        method: 'POST',
        target: site.path + path,
        headers: [`Content-Type: ${formType}`, 'Transfer-Encoding: chunked'],
        body: Array<string>(12).fill(`1000\r\n${'a'.repeat(4096)}\r\n`),
      })
      mustBe('48 KB and no end', endless.status, 413)
      mustBe('the next request', (await site.browser().navigate(site.at('/'))).status, 200)
    },
  },
  {
    id: 'x4v2',
    name: 'MUST NOT unpack a body',
    cites: 'ASVS 13.1.3; SEC-214',
    async run(bench) {
      const site = await bench.site()
      const { browser, sid, sub } = await person(bench, site)
      const token = await bench.provider.logoutToken({ app: site.variant, sid, sub })
      const packed = gzipSync(`logout_token=${token}`)
      const answer = await site.raw({
        method: 'POST',
        target: site.path + path,
        headers: [`Content-Type: ${formType}`, 'Content-Encoding: gzip', `Content-Length: ${packed.length}`],
        body: [packed.toString('latin1')],
      })
      mustBeOneOf('status', answer.status, [400, 415])
      mustBe('cookies', answer.headers.getSetCookie(), [])
      mustBe('still signed in', await site.isIn(browser), true)
    },
  },
  {
    id: '672h',
    name: 'MUST carry a logout token out once, and answer its repetition without an effect',
    cites: 'BCL §2.6 step 8; SEC-229; SEC-232',
    async run(bench) {
      const site = await bench.site()
      const { sub } = await person(bench, site, 'guest')
      const token = await bench.provider.logoutToken({ app: site.variant, sub })
      mustBeDone(await post(site, token))
      await bench.pass(1)
      const later = await site.signedIn('guest')
      mustBeOneOf('again', (await post(site, token)).status, [200, 400])
      mustBe('a login in between', await site.isIn(later), true)
      const unknown = await bench.provider.logoutToken({ app: site.variant, sid: 'ses_unknown', sub })
      mustBeDone(await post(site, unknown))
    },
  },
  {
    id: '93r7',
    name: 'MUST NOT take an ID token or a logout token for a session or an access token',
    cites: 'RFC 8725 §3.12; SEC-231',
    async run(bench) {
      const site = await bench.site()
      const { browser, sid, sub } = await person(bench, site)
      const logoutToken = await bench.provider.logoutToken({ app: site.variant, sid: 'ses_unknown', sub })
      const left = await site.logOut(browser)
      const idToken = new URL(left.next ?? '').searchParams.get('id_token_hint') ?? ''
      mustHold('an ID token to try', idToken.split('.').length === 3 && sid !== '')
      for (const token of [logoutToken, idToken]) {
        mustBe401(await site.browser().fetch(site.at('/private'), { headers: { authorization: `Bearer ${token}` } }))
        mustBe401(await site.browser().fetch(site.at('/private'), { headers: { cookie: `scalegate=${token}` } }))
      }
      mustBeRefused(await post(site, idToken))
    },
  },
]
