import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { arrivals } from '../support/arrivals.js'
import { arrive, logOut } from '../support/journey.js'
import { expect401, expectBad, sessionCookies } from '../support/refusals.js'
import { requestRowsFor, useStage } from '../support/stage.js'

/** Attack list 4.C: what may come back from the provider, and from everybody else. */
describe.each(frameworks)('callback on %s', (framework) => {
  const stage = useStage({ framework })
  const { at, arrived, expectStillWorks } = arrivals(stage)
  const visit = (query: string, browser = new Browser()) => browser.navigate(at(`/auth/callback?${query}`))

  const sessionOf = async (browser: Browser): Promise<unknown> => JSON.parse((await browser.fetch(at('/private'))).text)

  it.each(['code=abcdefgh', 'code=abcdefgh&state='])('SEC-045 no state: %s', async (query) => {
    await expectBad(stage(), await visit(query), 'state_missing')
  })

  it('SEC-046 a state without its transaction', async () => {
    const { state, code } = await arrived()
    await expectBad(stage(), await visit(`code=${code}&state=${state}`), 'state_invalid')
  })

  it('SEC-047 a wrong state', async () => {
    const login = await arrived()
    const { state } = login
    const bit = String.fromCharCode(state.charCodeAt(0) ^ 1)
    const wrong = [
      bit + state.slice(1),
      swapCase(state),
      state.slice(0, -1),
      `${state}A`,
      `${state}\0`,
      ` ${state}`,
      '__proto__',
      'x'.repeat(5000),
    ]
    for (const value of wrong) await expectBad(stage(), await login.but({ state: value }), 'state_invalid')
    await expectStillWorks(login)
  })

  it('SEC-048 a valid answer in the browser of somebody else', async () => {
    const attacker = await arrived()
    const victim = await arrived()
    await expectBad(stage(), await victim.browser.navigate(attacker.callback), 'state_invalid')
    expect(sessionCookies(await victim.browser.navigate(attacker.callback))).toEqual([])
    await expectStillWorks(victim)
  })

  it('SEC-049 the same answer again: the browser that logged in goes on, any other does not', async () => {
    const login = await arrived('return_to=/members')
    const before = login.browser.copy()
    expect((await login.browser.navigate(login.callback)).next).toBe(at('/members'))
    await stage().forget()

    const again = await login.browser.navigate(login.callback)
    expect([again.status, again.next, again.headers.getSetCookie()]).toEqual([303, at('/members'), []])
    await expectBad(stage(), await new Browser().navigate(login.callback), 'state_replayed')
    // The cookies as they were: a reload that left before the answer came. It gets that answer, not a second session.
    const reload = await before.navigate(login.callback)
    expect([reload.status, reload.next, await stage().tokenCalls()]).toEqual([303, at('/members'), 0])
    expect(await sessionOf(before)).toEqual(await sessionOf(login.browser))
  })

  it('SEC-049 the same answer again after a log-out brings nobody back', async () => {
    const login = await arrived()
    const before = login.browser.copy()
    await login.browser.navigate(login.callback)
    await logOut(login.browser, stage().app)
    await stage().forget()
    for (const browser of [before, login.browser]) {
      await browser.navigate(login.callback)
      expect401(await browser.fetch(at('/private')))
    }
    expect(await stage().tokenCalls()).toBe(0)
  })

  it('SEC-050 twice at the same time: one exchange, one session', async () => {
    const login = await arrived('return_to=/members')
    const browsers = [1, 2, 3].map(() => login.browser.copy())
    const pages = await Promise.all(browsers.map((browser) => browser.navigate(login.callback)))
    expect(await stage().tokenCalls()).toBe(1)
    expect(pages.map(({ status, next }) => [status, next])).toEqual(Array(3).fill([303, at('/members')]))
    const sessions = await Promise.all(browsers.map(sessionOf))
    expect(sessions).toEqual(Array(3).fill(sessions[0]))
    await logOut(browsers[0]!, stage().app)
    for (const browser of browsers) expect401(await browser.fetch(at('/private')))
  })

  it('SEC-051 too late, and after the clock was set back', async () => {
    const late = await arrived()
    await stage().advance(599)
    const justInTime = late.browser.copy()
    await stage().advance(1)
    await expectBad(stage(), await late.browser.navigate(late.callback), 'state_expired', { finished: true })
    await expectBad(stage(), await justInTime.navigate(late.callback), 'state_expired', { finished: true })
    const early = await arrived()
    stage().shift(-3600)
    await expectBad(stage(), await early.browser.navigate(early.callback), 'state_expired', { finished: true })
  })

  const codes: readonly (readonly [string, string | null])[] = [
    ['missing', null],
    ['empty', ''],
    ['NUL', 'code\0with-nul'],
    ['CRLF', 'code\r\nwith: header'],
    ['5 KB', 'a'.repeat(5000)],
    ['not ASCII', 'cödécödé'],
  ]
  it.each(requestRowsFor(framework, codes))('SEC-052 code: %s', async (_label, code) => {
    const { but } = await arrived()
    await expectBad(stage(), await but({ code }), 'code_missing')
  })

  it('SEC-052 a code as a list is no code', async () => {
    const { state, browser } = await arrived()
    await expectBad(stage(), await visit(`code[]=abcdefgh&state=${state}`, browser), 'code_missing')
  })

  it('SEC-053 code and error: the error counts', async () => {
    const { but } = await arrived()
    await expectBad(stage(), await but({ error: 'access_denied' }), 'access_denied', { status: 403, finished: true })
  })

  it('SEC-054 the code of another login', async () => {
    const attacker = await arrived()
    const victim = await arrived()
    const page = await victim.but({ code: attacker.code })
    await expectBad(stage(), page, 'exchange_rejected', { tokenCalls: 1, finished: true })
    expect401(await victim.browser.fetch(at('/private')))
  })

  it('SEC-056 SEC-059 another issuer', async () => {
    const issuer = stage().emulator.url
    const wrong = [
      'https://evil.example',
      `${issuer}/`,
      issuer.toUpperCase(),
      issuer.replace('localhost', 'LOCALHOST'),
      `${issuer}:443`,
      '',
    ]
    for (const iss of wrong) {
      const { but } = await arrived()
      await expectBad(stage(), await but({ iss }), 'issuer_mismatch')
    }
  })

  it('SEC-057 iss is missing although the metadata promises it', async () => {
    const strict = await stage().open({ options: { endpoints: 'discovery' } })
    const browser = new Browser()
    const { callback } = await arrive(browser, strict)
    await stage().forget()
    const without = new URL(callback)
    without.searchParams.delete('iss')
    await expectBad(stage(), await browser.navigate(without.href), 'issuer_mismatch')
    expect((await browser.navigate(callback.href)).status).toBe(303)
  })

  it('SEC-058 iss is ours, or absent where nobody promised it', async () => {
    const there = await arrived()
    expect(new URL(there.callback).searchParams.get('iss')).toBe(stage().emulator.url)
    await expectStillWorks(there)
    const absent = await arrived()
    expect((await absent.but({ iss: null })).status).toBe(303)
  })

  it.each([
    ['script', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>'],
    ['quotes', `'"access_denied"'`, `' onload='alert(1)`],
    ['line breaks', 'access_denied\r\nSet-Cookie: a=b', '\r\n\r\n<h1>hello</h1>'],
    ['prototype', '__proto__', 'constructor of everything'],
  ])('SEC-060 an error that nobody documented: %s', async (_label, error, description) => {
    const { but } = await arrived()
    const page = await but({
      code: null,
      error,
      error_description: description,
      error_uri: 'https://evil.example/help',
    })
    await expectBad(stage(), page, 'idp_error', { finished: true })
    expect(JSON.stringify(stage().app.events)).not.toContain(error.slice(0, 8))
  })

  it('SEC-061 an error with the state of nobody', async () => {
    const login = await arrived()
    const page = await login.but({ state: 'A'.repeat(43), code: null, error: 'access_denied' })
    await expectBad(stage(), page, 'state_invalid')
    await expectStillWorks(login)
  })

  it.each([
    ['SEC-062 cancelled', 'access_denied', 'access_denied', 403],
    ['SEC-063 silent login without a session', 'login_required', 'login_required', 401],
    ['SEC-063 interaction needed', 'interaction_required', 'login_required', 401],
    ['the provider is down', 'temporarily_unavailable', 'provider_unavailable', 503],
  ])('%s: one page, and no further attempt by itself', async (_label, error, code, status) => {
    const { but } = await arrived()
    await expectBad(stage(), await but({ code: null, error }), code, { status, finished: true })
    expect(stage().app.events).toMatchObject([{ type: 'login_refused', code, reason: error }])
  })

  it.each(['state', 'code', 'iss', 'error'])('SEC-064 given twice: %s', async (name) => {
    const login = await arrived()
    const page = await login.browser.navigate(`${login.callback}&error=x&${name}=aaaaaaaa&${name}=bbbbbbbb`)
    await expectBad(stage(), page, 'request_invalid')
    await expectStillWorks(login)
  })

  it('SEC-065 POST and fragments', async () => {
    const login = await arrived()
    const { state, code } = login
    const posted = await login.browser.navigate(at('/auth/callback'), {
      form: { state, code },
      from: stage().emulator.url,
    })
    expect([posted.status, posted.headers.get('allow'), posted.headers.getSetCookie()]).toEqual([
      405,
      'GET, HEAD, OPTIONS',
      [],
    ])
    await expectBad(
      stage(),
      await login.browser.navigate(at(`/auth/callback#state=${state}&code=${code}`)),
      'state_missing',
    )
    await expectStillWorks(login)
  })

  it('SEC-066 scanners of links do not spend the code', async () => {
    const login = await arrived()
    const { browser, callback } = login
    const pages = [
      await browser.navigate(callback, { method: 'HEAD' }),
      await browser.navigate(callback, { method: 'OPTIONS' }),
      await browser.navigate(callback, { headers: { 'sec-purpose': 'prefetch' } }),
    ]
    expect(pages.map(({ status, headers }) => [status, headers.getSetCookie()])).toEqual(Array(3).fill([204, []]))
    expect(await stage().tokenCalls()).toBe(0)
    await expectStillWorks(login)
  })
})

function swapCase(text: string): string {
  return text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  )
}
