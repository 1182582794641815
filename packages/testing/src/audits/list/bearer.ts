import { mustBePrivate, mustNotReach, mustReach, problemCode } from '../answers.js'
import type { Audit } from '../audit.js'
import type { Bench } from '../bench/bench.js'
import type { Site } from '../bench/site.js'
import { eachRow, mustBe, mustBeOneOf, mustHold, mustMatch } from '../check.js'
import { NotApplicable } from '../harness.js'
import type { Page } from '../http/browser.js'
import { type Answer, exchange } from '../http/exchange.js'
import type { PersonName } from '../provider.js'

/** An answer to a program: a status, a challenge, and nowhere to go. */
function mustBeChallenged(answer: Answer, status: number, code: string, challenge: RegExp): void {
  mustBe('status and code', [answer.status, problemCode(answer)], [status, code])
  mustMatch('WWW-Authenticate', answer.headers.get('www-authenticate'), challenge)
  mustBe('Location and cookies', [answer.headers.get('location'), answer.headers.getSetCookie()], [null, []])
  mustNotReach(answer)
}

const missing = [401, 'bearer_missing', /^Bearer(?! error)/] as const
const invalid = [401, 'token_invalid', /^Bearer error="invalid_token"/] as const
const insufficient = /^Bearer error="insufficient_scope"/

const call = (site: Site, path: string, token: string, headers: Record<string, string> = {}): Promise<Page> =>
  site.browser().fetch(site.at(path), { headers: { authorization: `Bearer ${token}`, ...headers } })

async function accessTokenOf(site: Site, person: PersonName): Promise<string> {
  return (await (await site.signedIn(person)).fetch(site.at('/token'))).text
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>

/** The person's own access token with other claims, signed by the provider. */
async function minted(bench: Bench, token: string, changes: Record<string, unknown>, header = {}): Promise<string> {
  const claims = Object.entries({ ...claimsOf(token), ...changes }).filter(([, value]) => value !== null)
  return bench.provider.sign(Object.fromEntries(claims), header)
}

/** Routes for programs: an access token of the provider, for this API (RFC 6750). */
export const bearer: readonly Audit[] = [
  {
    id: 'qhkm',
    name: 'MUST let a call through that brings the access token of a person, by its claims',
    cites: 'RFC 6750 §2.1; RFC 9068 §4; SEC-115',
    async run(bench) {
      const site = await bench.site()
      const token = await accessTokenOf(site, 'member')
      const { subject, organizationId } = bench.provider.people.member
      for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
        const page = await site
          .browser()
          .fetch(site.at('/api/user'), { headers: { authorization: `${scheme} ${token}` } })
        mustReach(page, '/api/user')
        const { via, kind, id, organizationId: of } = JSON.parse(page.text) as Record<string, unknown>
        mustBe('caller', [via, kind, id, of], ['bearer', 'user', subject, organizationId])
        mustHold('the token is not shown', !page.text.includes(token))
        mustBe('cookies', page.headers.getSetCookie(), [])
      }
      mustReach(await call(site, '/api/any', token), '/api/any')
      mustReach(await call(site, '/api/session', token), '/api/session')
    },
  },
  {
    id: 'bqz5',
    name: 'MUST keep machines out of the routes of people, and people out of those of machines',
    cites: 'RFC 9068 §5; ASVS 10.3.2; SEC-121',
    async run(bench) {
      const site = await bench.site()
      const machine = await bench.provider.machineToken()
      const page = await call(site, '/api/machine', machine)
      mustReach(page, '/api/machine')
      const { kind, scopes } = JSON.parse(page.text) as { kind?: string; scopes?: string[] }
      mustBe('caller', [kind, scopes?.includes('projects:read')], ['machine', true])
      mustReach(await call(site, '/api/any', machine), '/api/any')
      mustBeChallenged(await call(site, '/api/user', machine), 403, 'caller_not_allowed', insufficient)
      mustBeChallenged(await call(site, '/api/session', machine), 403, 'caller_not_allowed', insufficient)
      const person = await accessTokenOf(site, 'admin')
      mustBeChallenged(await call(site, '/api/machine', person), 403, 'caller_not_allowed', insufficient)
      mustNotReach(await call(site, '/private', machine))
    },
  },
  {
    id: 'kqhc',
    name: 'MUST NOT take anything else that the provider has signed for an access token of this API',
    cites: 'RFC 8725 §3.12; RFC 9068 §4; SEC-117; SEC-118',
    async run(bench) {
      const site = await bench.site()
      const token = await accessTokenOf(site, 'admin')
      const left = await site.logOut(await site.signedIn('admin'))
      const idToken = new URL(left.next ?? 'missing:').searchParams.get('id_token_hint') ?? ''
      const app = site.variant
      const [header = '', payload = ''] = token.split('.')
      const none = Buffer.from('{"alg":"none"}').toString('base64url')
      const now = bench.now()
      const rows: readonly (readonly [string, string])[] = [
        ['an ID token', idToken],
        ['a logout token', await bench.provider.logoutToken({ app, sid: 'ses_1', sub: 'usr_1' })],
        ['an IdP-initiated login', await bench.provider.idpInitiatedLogin({ app, person: 'admin' })],
        ['no audience', await minted(bench, token, { aud: null })],
        ['another audience', await minted(bench, token, { aud: ['https://other.example'] })],
        ['client_id for an audience', await minted(bench, token, { aud: null, client_id: claimsOf(token).aud })],
        ['another issuer', await minted(bench, token, { iss: 'https://evil.example' })],
        ['no exp', await minted(bench, token, { exp: null })],
        ['expired', await minted(bench, token, { iat: now - 700, nbf: now - 700, exp: now - 400 })],
        ['of tomorrow', await minted(bench, token, { nbf: now + 86_400 })],
        ['no sub', await minted(bench, token, { sub: null })],
        ['a nonce', await minted(bench, token, { nonce: 'n' })],
        ['typ of a logout token', await minted(bench, token, {}, { typ: 'logout+jwt' })],
        ['alg none', `${none}.${payload}.`],
        ['signature cut', `${header}.${payload}.${'A'.repeat(342)}`],
        ['no token at all', 'canary'],
      ]
      await eachRow(rows, async (_label, other) => {
        for (const path of ['/api/user', '/api/any', '/api/session']) {
          const answer = await call(site, path, other)
          mustBeChallenged(answer, ...invalid)
          mustHold('nothing is repeated', !answer.text.includes(other))
        }
      })
      mustReach(await call(site, '/api/user', await minted(bench, token, {})), '/api/user')
    },
  },
  {
    id: 'nbcj',
    name: 'MUST read one well-formed Authorization header, and a token from nowhere else',
    cites: 'RFC 6750 §2.1 to §2.3; RFC 9700 §4.3.2; CVE-2026-47673; SEC-115; SEC-116',
    async run(bench) {
      const site = await bench.site()
      const token = await accessTokenOf(site, 'admin')
      const basic = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`
      const values = [
        basic,
        'Bearer',
        `Bearer  ${token}`,
        `Bearer ${token} x`,
        `Bearer ${token},`,
        'Bearer %',
        `Bearer${token}`,
        token,
      ]
      for (const authorization of values) {
        const answer = await site.browser().fetch(site.at('/api/user'), { headers: { authorization } })
        mustBeChallenged(answer, ...invalid)
      }
      const twice = await site.raw({
        target: `${site.path}/api/user`,
        headers: [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}x`],
      })
      // Node keeps the first of two; whoever joins them has none.
      if (twice.status !== 200) mustBeChallenged(twice, ...invalid)
      const reversed = await site.raw({
        target: `${site.path}/api/user`,
        headers: ['Authorization: Bearer canary', `Authorization: Bearer ${token}`],
      })
      mustBe('a bad one first', reversed.status, 401)
      const form = { access_token: token }
      const elsewhere = [
        await site.browser().fetch(site.at(`/api/user?access_token=${token}`)),
        await site.browser().fetch(site.at('/api/user'), { form }),
        await site
          .browser()
          .fetch(site.at('/api/user'), { headers: { 'x-access-token': token, cookie: `access_token=${token}` } }),
      ]
      for (const answer of elsewhere) mustBeChallenged(answer, ...missing)
      const huge = await site.raw({
        target: `${site.path}/api/user`,
        headers: [`Authorization: Bearer ${'a'.repeat(15_000)}`],
      })
      mustBeOneOf('15 KB', huge.status, [401, 431])
    },
  },
  {
    id: '82pk',
    name: 'MUST challenge by RFC 6750: no error without a token, and the scope that is missing with one',
    cites: 'RFC 6750 §3, §3.1; RFC 9110 §11.6.1',
    async run(bench) {
      const site = await bench.site()
      const token = await accessTokenOf(site, 'guest')
      for (const path of ['/api/user', '/api/machine', '/api/any', '/api/scoped', '/api/permitted', '/api/session']) {
        for (const answer of [await site.browser().fetch(site.at(path)), await site.browser().navigate(site.at(path))])
          mustBeChallenged(answer, ...missing)
      }
      const scoped = await call(site, '/api/scoped', token)
      mustBeChallenged(scoped, 403, 'insufficient_scope', /^Bearer error="insufficient_scope", scope="canary:write"$/)
      mustBeChallenged(await call(site, '/api/permitted', token), 403, 'forbidden', insufficient)
      mustReach(await call(site, '/api/permitted', await accessTokenOf(site, 'admin')), '/api/permitted')
      const elsewhere = await call(site, '/api/elsewhere', token)
      mustBeChallenged(elsewhere, 403, 'wrong_organization', insufficient)
      const navigating = { authorization: 'Bearer canary' }
      mustBeChallenged(await site.browser().navigate(site.at('/api/user'), { headers: navigating }), ...invalid)
    },
  },
  {
    id: 'zrhb',
    name: 'MUST NOT take the access token of a session that was ended here, though the provider has signed it for longer',
    cites: 'ASVS 7.4.1; RFC 9068 §4; BCL §2.7',
    async run(bench) {
      const site = await bench.site()
      const left = await site.signedIn('member')
      const { subject: sub } = bench.provider.people.member
      const stays = await accessTokenOf(site, 'guest')
      const token = (await left.fetch(site.at('/token'))).text
      if (claimsOf(token).sid === undefined)
        throw new NotApplicable('The access tokens of this provider do not name the session they are of.')
      mustReach(await call(site, '/api/user', token), '/api/user')
      await site.logOut(left)
      for (const path of ['/api/user', '/api/any', '/api/session'])
        mustBeChallenged(await call(site, path, token), ...invalid)
      await bench.pass(1)
      const ended = await site.signedIn('member')
      const { sid } = await site.sessionOf(ended)
      const other = (await ended.fetch(site.at('/token'))).text
      mustReach(await call(site, '/api/user', other), '/api/user')
      mustBe('back-channel logout', await bench.provider.endSession({ app: site.variant, sid, sub }), 200)
      mustBeChallenged(await call(site, '/api/user', other), ...invalid)
      mustReach(await call(site, '/api/user', stays), '/api/user')
      await bench.pass(1)
    },
  },
  {
    id: 'c4md',
    name: 'MUST NOT take an access token of a person whose sessions were all ended, issued before that',
    cites: 'BCL §2.7; ASVS 7.4.2',
    async run(bench) {
      const site = await bench.site()
      const token = await accessTokenOf(site, 'member')
      const stays = await accessTokenOf(site, 'guest')
      mustReach(await call(site, '/api/user', token), '/api/user')
      const logoutToken = await bench.provider.logoutToken({
        app: site.variant,
        sub: bench.provider.people.member.subject,
      })
      const form = new URLSearchParams({ logout_token: logoutToken }).toString()
      const headers = new Headers({
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(form.length),
      })
      const done = await exchange(site.socket + site.path + site.paths.backchannelLogout, 'POST', headers, form)
      mustBe('answer to the provider', done.status, 200)
      for (const path of ['/api/user', '/api/any', '/api/session'])
        mustBeChallenged(await call(site, path, token), ...invalid)
      mustReach(await call(site, '/api/user', stays), '/api/user')
      await bench.pass(1)
      mustReach(await call(site, '/api/user', await accessTokenOf(site, 'member')), '/api/user')
    },
  },
  {
    id: '432v',
    name: 'MUST NOT take a session for an access token, but where a route says so',
    cites: 'CWE-352; SEC-119',
    async run(bench) {
      const site = await bench.site()
      const person = await site.signedIn('admin')
      for (const path of ['/api/user', '/api/any', '/api/permitted', '/api/machine'])
        for (const answer of [await person.fetch(site.at(path)), await person.navigate(site.at(path))])
          mustBeChallenged(answer, ...missing)
      const page = await person.fetch(site.at('/api/session'))
      mustReach(page, '/api/session')
      const { via, id } = JSON.parse(page.text) as Record<string, unknown>
      mustBe('caller', [via, id], ['session', bench.provider.people.admin.subject])
      mustBePrivate(page)
      mustBe('requests to the provider', await bench.provider.requests(), [])
      await site.logOut(person)
      mustBeChallenged(await person.fetch(site.at('/api/session')), ...missing)
    },
  },
  {
    id: '624s',
    name: 'MUST NOT merge a token and a session: the token decides on its routes, the session on its own',
    cites: 'ASVS 8.3.1; SEC-119',
    async run(bench) {
      const site = await bench.site()
      const token = await accessTokenOf(site, 'guest')
      const admin = await site.signedIn('admin')
      const { guest, admin: boss } = bench.provider.people
      const both = { headers: { authorization: `Bearer ${token}` } }
      for (const path of ['/api/user', '/api/session']) {
        const page = await admin.fetch(site.at(path), both)
        mustReach(page, path)
        const { via, id, permissions } = JSON.parse(page.text) as { via: string; id: string; permissions: string[] }
        mustBe(`${path}: caller`, [via, id], ['bearer', guest.subject])
        mustHold(
          'nothing of the session',
          !page.text.includes(boss.subject) && !permissions.includes('sk_org_sso_manage'),
        )
      }
      mustBeChallenged(await admin.fetch(site.at('/api/permitted'), both), 403, 'forbidden', insufficient)
      const bad = { headers: { authorization: 'Bearer canary' } }
      mustBeChallenged(await admin.fetch(site.at('/api/session'), bad), ...invalid)
      const page = await admin.fetch(site.at('/private'), both)
      mustReach(page, '/private')
      mustHold(
        'a route of sessions looks at the session',
        page.text.includes(boss.subject) && !page.text.includes(guest.subject),
      )
      const stranger = await call(site, '/private', token)
      mustBe('and at nothing else', [stranger.status, problemCode(stranger)], [401, 'unauthenticated'])
    },
  },
]
