import { inspect } from 'node:util'
import { isScalegateError } from '@scalegate/hono'
import { Browser, exchange, type Page } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { arrive, logIn, logOut, people } from '../support/journey.js'
import { listenToOutput } from '../support/output.js'
import { codeOf, problemOf } from '../support/refusals.js'
import { testSecret } from '../support/secret.js'
import { useStage } from '../support/stage.js'

/**
 * Attack list 4.T. Everything secret of a whole run is collected as it passes, and then looked for wherever it must
 * not be: on the console, in events, in errors that reach the framework, in pages and problems.
 */
describe.each(frameworks)('errors and logs on %s', (framework) => {
  const canaries = new Set<string>()
  const stage = useStage({ framework, options: { fetch: watching(canaries) } })
  const at = (path: string) => stage().app.origin + path

  /** A value, its spellings in URLs and JSON, and its parts: a shortened token is a leak as well. */
  function keep(...values: readonly (string | null | undefined)[]): void {
    for (const value of values) if (value) canaries.add(value)
  }
  async function keepCookies(browser: Browser): Promise<void> {
    keep(...(await browser.cookies(at('/'))).values())
  }

  /** Answers that nobody but their receiver sees, apart from `Set-Cookie` and `Location`. */
  const seen: string[] = []
  const see = (page: Page): Page => {
    const headers = [...page.headers].filter(([name]) => name !== 'set-cookie' && name !== 'location')
    seen.push(`${page.status} ${JSON.stringify(headers)}\n${page.url.includes('/token') ? '' : page.text}`)
    return page
  }

  const queries = [
    'return-canary-to',
    'hint-canary@acme.test',
    'org_canary',
    'state-canary-of-nobody',
    'code-canary-of-nobody',
    'error-canary',
    'description-canary',
    'cookie-canary',
  ]

  async function wholeRun(): Promise<void> {
    const { app, emulator } = stage()
    keep(emulator.clientSecret, testSecret, 'ada@acme.test', 'Ada Admin', ...queries)
    const browser = new Browser()
    const { callback, authorization } = await arrive(browser, app, {
      query: 'return_to=/projects?q=return-canary-to&login_hint=hint-canary@acme.test',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) keep(authorization.searchParams.get(name))
    for (const name of ['code', 'state']) keep(callback.searchParams.get(name))
    await keepCookies(browser)
    see(await browser.navigate(callback.href))
    await keepCookies(browser)
    for (const path of [
      '/private?q=return-canary-to',
      '/sso',
      '/unguarded',
      '/auth/session',
      '/nowhere?q=return-canary-to',
      '/auth/login?return_to=//return-canary-to.example',
    ])
      await browser.navigate(at(path)).then((page) => (page.status >= 400 ? see(page) : page))
    keep((await browser.fetch(at('/token'))).text)

    await badCallbacks(browser)
    await badRefreshes()
    await badLogouts(browser)
    await oddCookies()
    await keepCookies(browser)
    see(await browser.fetch(at('/private')))
  }

  async function badCallbacks(browser: Browser): Promise<void> {
    const { emulator, app } = stage()
    for (const query of [
      'code=code-canary-of-nobody&state=state-canary-of-nobody',
      'code=a&code=b&state=c',
      'error=error-canary&error_description=description-canary&state=state-canary-of-nobody',
      '',
      'login_hint[]=hint-canary@acme.test',
    ])
      see(await browser.navigate(at(`/auth/callback?${query}`)))
    see(await browser.navigate(at(`/auth/login?login_hint=${'hint-canary@acme.test'.repeat(40)}`)))
    const faults = [
      { kind: 'status', status: 400, body: '{"error":"invalid_grant","error_description":"description-canary"}' },
      { kind: 'status', status: 401, body: '{"error":"error-canary","error_description":"description-canary"}' },
      { kind: 'body', body: '<h1>description-canary</h1>', contentType: 'text/html' },
      { kind: 'drop' },
    ] as const
    for (const fault of faults) {
      await emulator.control.addFault({ endpoint: 'token', ...fault })
      see(await logIn(new Browser(), app))
    }
    const spoilt = [
      { idToken: { claims: { nonce: 'nonce-canary' } } },
      { idToken: { key: 'foreign' } },
      { idToken: { alg: 'none' } },
      { accessToken: { claims: { aud: ['audience-canary'] } } },
      { accessToken: { claims: { note: 'x'.repeat(7000) } } },
    ] as const
    keep('nonce-canary', 'audience-canary')
    for (const mutation of spoilt) {
      await emulator.control.nextTokenResponse(mutation)
      see(await logIn(new Browser(), app))
    }
  }

  async function badRefreshes(): Promise<void> {
    const { emulator, app } = stage()
    const faults = [
      { kind: 'drop' },
      { kind: 'status', status: 503, body: 'description-canary' },
      { kind: 'status', status: 400, body: '{"error":"invalid_grant","error_description":"description-canary"}' },
    ] as const
    for (const fault of faults) {
      const browser = new Browser()
      await logIn(browser, app)
      await keepCookies(browser)
      await stage().advance(300)
      await emulator.control.addFault({ endpoint: 'token', ...fault })
      see(await browser.fetch(at('/token')))
      see(await browser.navigate(at('/private')))
    }
  }

  async function badLogouts(browser: Browser): Promise<void> {
    see(await browser.navigate(at('/auth/logout'), { form: {}, from: 'https://evil.example/?q=return-canary-to' }))
    const { logout_token } = await stage().emulator.control.logoutToken({
      sub: 'usr_canary',
      sid: 'ses_canary',
      claims: { nonce: 'nonce-canary' },
    })
    keep(logout_token, 'usr_canary', 'ses_canary')
    for (const token of [logout_token, 'token-canary', '']) {
      const body = new URLSearchParams({ logout_token: token }).toString()
      const answer = await exchange(
        at('/auth/backchannel-logout'),
        'POST',
        new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
        body,
      )
      see({ ...answer, url: at('/'), next: undefined })
    }
    keep('token-canary')
    await logOut(browser, stage().app)
  }

  async function oddCookies(): Promise<void> {
    for (const cookie of [
      'scalegate=cookie-canary',
      'scalegate=cookie-canary; scalegate=cookie-canary',
      'scalegate.0=cookie-canary',
      'scalegate=cookie-canary%E0%A4%A',
    ])
      see(await new Browser().navigate(at('/'), { headers: { cookie } }))
  }

  it('SEC-365 SEC-366 SEC-368 F18 nothing secret is printed, emitted, thrown or shown', async () => {
    const output = listenToOutput()
    await wholeRun().finally(output.stop)
    const { app } = stage()
    const errors = stage().takeErrors()
    expect(errors.every((error) => isScalegateError(error))).toBe(true)
    expect(errors.map((error) => (error as { code: string }).code).sort()).toEqual([
      'guard_missing',
      'refresh_unavailable',
      'refresh_unavailable',
      'unauthenticated',
    ])
    expect(new Set(app.events.map(({ type }) => type)).size).toBeGreaterThan(8)
    expect(canaries.size).toBeGreaterThan(60)

    const places: readonly (readonly [string, string])[] = [
      ['console', output.text()],
      ['events', JSON.stringify(app.events)],
      ['errors inspected', inspect(errors, { depth: 10, showHidden: true, getters: true })],
      ['errors as JSON', JSON.stringify(errors)],
      ['stacks', errors.map((error) => String((error as Error).stack)).join('\n')],
      ['answers', seen.join('\n')],
    ]
    for (const [place, text] of places) expect([place, leaks(text, canaries)]).toEqual([place, []])
    expect(output.text()).toBe('')
  })

  it('SEC-366 the kit, a session and an error can be printed', async () => {
    const browser = new Browser()
    await logIn(browser, stage().app)
    await keepCookies(browser)
    keep(stage().emulator.clientSecret, testSecret)
    const session = JSON.parse((await browser.fetch(at('/private'))).text) as unknown
    const things = [stage().app.auth, globalThis, { nested: { auth: stage().app.auth } }]
    for (const thing of things) {
      expect(leaks(inspect(thing, { depth: 6, showHidden: false }), canaries)).toEqual([])
    }
    expect(JSON.stringify(stage().app.auth) ?? '').toBe('')
    expect(leaks(JSON.stringify(session), secretsOnly(canaries))).toEqual([])
  })

  it('SEC-367 what comes from outside cannot write a line of its own', async () => {
    const lines = ['%0a{"level":"fatal"}', '%1b[2J%1b[31mred', '%0d%0aSet-Cookie:%20a=b', '%e2%80%a8x']
    const { app } = stage()
    for (const line of lines) {
      const browser = new Browser()
      const { callback } = await arrive(browser, app)
      callback.searchParams.delete('code')
      await browser.navigate(`${callback.href}&error=${line}&error_description=${line}`)
      await browser.navigate(at(`/auth/login?return_to=//${line}`))
      await browser.navigate(at('/'), { headers: { cookie: `scalegate=${line}` } })
    }
    const text = JSON.stringify(app.events)
    expect(text).not.toMatch(/fatal|2J|red"|Set-Cookie|\\n|\\u001b|\u2028/)
    expect(app.events.length).toBeGreaterThan(8)
  })

  it('SEC-368 an upstream body does not get to the browser, not even a word of it', async () => {
    for (const body of [
      '{"error":"description-canary"}',
      '<h1>description-canary</h1>',
      'Error: at description-canary (node:internal)',
    ]) {
      await stage().emulator.control.addFault({ endpoint: 'token', kind: 'status', status: 400, body })
      const page = await logIn(new Browser(), stage().app)
      expect(page.text).not.toMatch(/canary|node:|at \w+ \(|Error:/)
      expect(codeOf(page)).toMatch(/^[a-z_]+$/)
    }
  })

  it('an error code is a stable word, everywhere the same', async () => {
    const stranger = new Browser()
    expect(problemOf(await stranger.fetch(at('/private')))).toEqual({
      type: 'about:blank',
      title: 'Sign in to continue.',
      status: 401,
      code: 'unauthenticated',
      login_url: at('/auth/login'),
    })
    const page = await stranger.fetch(at('/token'))
    expect([page.status, page.text]).toEqual([401, 'app error page: unauthenticated'])
    expect(stage().takeErrors()).toMatchObject([{ code: 'unauthenticated', status: 401 }])
  })
})

/** Which secrets stand in a text, also escaped or in part: 16 characters of a long one are enough. */
function leaks(text: string, canaries: ReadonlySet<string>): readonly string[] {
  return [...canaries].filter((canary) => {
    const spellings = [canary, encodeURIComponent(canary), canary.replaceAll('&', '&amp;')]
    const parts = canary.length > 60 ? [canary.slice(20, 36), canary.slice(-24, -8)] : []
    return [...spellings, ...parts].some((spelling) => text.includes(spelling))
  })
}

/** Without the facts about a person that a session is there to tell. */
function secretsOnly(canaries: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(
    [...canaries].filter(
      (canary) => !canary.includes('@') && canary !== 'Ada Admin' && !Object.values<string>(people).includes(canary),
    ),
  )
}

/** `fetch` that keeps every secret that passes: request bodies, tokens, and what the tokens say about the person. */
function watching(canaries: Set<string>) {
  return async (input: string, init: RequestInit): Promise<Response> => {
    const sent = new URLSearchParams(typeof init.body === 'string' ? init.body : '')
    for (const name of ['code', 'code_verifier', 'client_secret', 'refresh_token']) {
      const value = sent.get(name)
      if (value !== null) canaries.add(value)
    }
    const response = await fetch(input, init)
    const text = await response.clone().text()
    const found: unknown = /^\s*\{/.test(text) ? JSON.parse(text) : {}
    for (const [name, value] of Object.entries(found as Record<string, unknown>))
      if (name.endsWith('_token') && typeof value === 'string') canaries.add(value)
    return response
  }
}
