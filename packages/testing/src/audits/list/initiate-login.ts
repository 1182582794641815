import { mustBePrivate, mustRefuseLogin, transactionLines } from '../answers.js'
import type { Audit } from '../audit.js'
import { eachRow, mustBe, mustHold, mustMatch } from '../check.js'

/** What only the kit may ask of the provider; a link that brings one along is told nothing. */
const reserved: readonly (readonly [name: string, value: string])[] = [
  ['client_id', 'skc_evil'],
  ['redirect_uri', 'https://evil.example/cb'],
  ['response_type', 'token'],
  ['response_mode', 'form_post'],
  ['scope', 'openid evil'],
  ['state', 'evil'],
  ['nonce', 'evil'],
  ['code_challenge', 'evil'],
  ['code_challenge_method', 'plain'],
  ['request', 'evil'],
  ['request_uri', 'https://evil.example/r'],
  ['claims', '{"evil":1}'],
  ['id_token_hint', 'evil'],
  ['acr_values', 'evil'],
  ['max_age', '1'],
  ['resource', 'https://evil.example'],
  ['audience', 'https://evil.example'],
  ['STATE', 'evil'],
  ['Redirect_Uri', 'https://evil.example/cb'],
]

/** The login route as the address that the provider sends people to: bookmarks, invitations, errors, other parties. */
export const initiateLogin: readonly Audit[] = [
  {
    id: 'xbd8',
    name: 'MUST NOT repeat an error that somebody was sent here with, nor start a login beside it',
    cites: 'CWE-79; SEC-253',
    async run(bench) {
      const site = await bench.site()
      const words = '<script>alert(1)</script>'
      const token = await bench.provider.idpInitiatedLogin({
        app: site.variant,
        person: 'admin',
        relayState: '/private?audit=xbd8',
      })
      await eachRow(
        [
          ['a known error', { error: 'access_denied', error_description: `"><img src=x onerror=1>${words}` }],
          ['an unknown one', { error: words, error_description: words, error_uri: 'javascript:alert(1)' }],
          ['a description alone', { error_description: words }],
          ['beside a token', { error: 'access_denied', error_description: words, idp_initiated_login: token }],
          ['beside an issuer', { error: words, iss: bench.provider.issuer, target_link_uri: words }],
        ] as readonly (readonly [string, Record<string, string>])[],
        async (_label, query) => {
          const address = site.at(`/auth/login?${new URLSearchParams(query)}`)
          const page = await site.browser().navigate(address, { from: bench.provider.issuer })
          mustHold('an error status', page.status >= 400 && page.status < 500, page.status)
          const [code = ''] = /(?<=<small>)[a-z_]+/.exec(page.text) ?? []
          mustRefuseLogin(page, code, page.status)
          for (const part of ['alert(1)', 'onerror', 'javascript:', encodeURIComponent(words)])
            mustHold(`"${part}" does not come back`, !page.text.includes(part))
          mustBe('cookies', page.headers.getSetCookie(), [])
        },
      )
      const again = await site.browser().navigate(site.at(`/auth/login?idp_initiated_login=${token}`))
      mustBe('the token was not used up', again.status, 303)
    },
  },
  {
    id: '98z5',
    name: 'MUST pass an unreserved parameter on, as it is, and no reserved one in any spelling',
    cites: 'RFC 6749 §3.1; OIDC Core §3.1.2.1; SEC-40',
    async run(bench) {
      const site = await bench.site()
      const query = new URLSearchParams([
        ['invitation_token', 'inv/1+2 3&state=evil'],
        ...reserved.map(([...row]) => row),
      ])
      const page = await site.browser().navigate(site.at(`/auth/login?${query}`), { from: bench.provider.issuer })
      mustBe('status', page.status, 303)
      const asked = new URL(page.next ?? 'missing:').searchParams
      mustBe('invitation_token', asked.getAll('invitation_token'), ['inv/1+2 3&state=evil'])
      for (const [name, value] of reserved)
        mustHold(`${name} did not come through`, !asked.getAll(name).includes(value), asked.getAll(name))
      mustBe('redirect_uri', asked.getAll('redirect_uri'), [site.at('/auth/callback')])
      mustMatch('state', asked.get('state'), /^[A-Za-z0-9_-]{43}$/)
      mustBe('names given twice', [...new Set(asked.keys())].length, [...asked.keys()].length)
      const twice = await site.browser().navigate(site.at('/auth/login?invitation_token=a&invitation_token=b'))
      mustRefuseLogin(twice, 'request_invalid')
      const list = await site.browser().navigate(site.at('/auth/login?organization_id[]=org_1'))
      mustRefuseLogin(list, 'request_invalid')
    },
  },
  {
    id: 'cknq',
    name: 'MUST start a login that another party asks for by our issuer only, and lead to no address of another site',
    cites: 'OIDC Core §4; SEC-254',
    async run(bench) {
      const site = await bench.site()
      const { issuer } = bench.provider
      const start = (query: Record<string, string>) =>
        site
          .browser()
          .navigate(site.at(`/auth/login?${new URLSearchParams(query)}`), { from: 'https://portal.example/' })
      for (const iss of ['https://evil.example', `${issuer}.evil.example`, `${issuer}/x`, issuer.toUpperCase(), 'x'])
        mustRefuseLogin(await start({ iss, target_link_uri: site.at('/private') }), 'issuer_mismatch')
      const twice = site.at(
        `/auth/login?${new URLSearchParams([
          ['iss', issuer],
          ['iss', 'https://evil.example'],
        ])}`,
      )
      mustRefuseLogin(await site.browser().navigate(twice), 'request_invalid')

      const hint = 'ada+x&prompt=none@acme.test'
      const page = await start({ iss: issuer, login_hint: hint, target_link_uri: 'https://evil.example/x' })
      mustBe('our own issuer: status and transactions', [page.status, transactionLines(page).length], [303, 1])
      const asked = new URL(page.next ?? 'missing:').searchParams
      mustBe('login_hint and prompt', [asked.get('login_hint'), asked.get('prompt')], [hint, null])
      mustHold('what was sent stays here', !asked.has('iss') && !asked.has('target_link_uri'))
      mustBePrivate(page)

      const person = await site.signedIn()
      for (const target of ['@evil.example/x', '.evil.example', '//evil.example', 'https://evil.example']) {
        const query = new URLSearchParams({ iss: issuer, target_link_uri: target })
        const straight = await person.navigate(site.at(`/auth/login?${query}`), { from: 'https://portal.example/' })
        mustBe(`${target} of somebody signed in`, straight.next, site.at('/'))
      }
      await eachRow(
        [
          ['a page of ours', site.at('/private?a=1'), site.at('/private?a=1')],
          ['another site', 'https://evil.example/x', site.at('/')],
          ['a scheme', 'javascript:alert(1)', site.at('/')],
          ['our origin as a prefix', `${site.origin}.evil.example/`, site.at('/')],
        ] as const,
        async (_label, target, expected) => {
          const browser = site.browser()
          const query = new URLSearchParams({ iss: issuer, target_link_uri: target }).toString()
          mustBe('where it ends', (await site.logIn(browser, { query })).next, expected)
        },
      )
    },
  },
]
