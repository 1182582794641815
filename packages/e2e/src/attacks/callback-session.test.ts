import { Browser, isDeletion } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { arrivals } from '../support/arrivals.js'
import { logIn, organizations, people } from '../support/journey.js'
import { expect401, expectBad, expectPrivate, sessionCookies } from '../support/refusals.js'
import { useStage } from '../support/stage.js'

/** Attack list 4.C, rows 75 to 80: whose session a callback makes, and who learns of it. */
describe.each(frameworks)('session of a callback on %s', (framework) => {
  const stage = useStage({ framework })
  const { at, arrived } = arrivals(stage)
  const sessionOf = async (browser: Browser): Promise<unknown> => JSON.parse((await browser.fetch(at('/private'))).text)

  it('SEC-075 a session cookie planted before the login', async () => {
    const attacker = new Browser()
    await logIn(attacker, stage().app, { user: people.gil })
    // Only the app's cookies: the provider knows nothing of it, so it ends nothing by itself.
    const victim = new Browser()
    for (const [name, value] of await attacker.cookies(at('/')))
      await victim.jar.setCookie(`${name}=${value}; Path=/`, at('/'))
    await logIn(victim, stage().app, { user: people.ada, query: 'prompt=login' })
    expect(await sessionOf(victim)).toMatchObject({ user: { id: people.ada } })
    expect(await stage().emulator.control.deliveries()).toEqual([])
    expect401(await attacker.fetch(at('/private')))
  })

  it('SEC-076 a login as somebody else in the same browser', async () => {
    const browser = new Browser()
    await logIn(browser, stage().app, { user: people.ada })
    const ada = browser.copy()
    await logIn(browser, stage().app, { user: people.gil, query: 'prompt=login' })
    const session = JSON.parse((await browser.fetch(at('/private'))).text)
    expect(session).toMatchObject({ user: { id: people.gil }, roles: ['guest'], permissions: ['projects:read'] })
    expect401(await ada.fetch(at('/private')))
  })

  it('SEC-079 the answer of a callback is nobody else’s', async () => {
    const { browser, callback } = await arrived()
    const page = await browser.navigate(callback)
    expectPrivate(page)
    expect([page.headers.get('referrer-policy'), page.headers.get('vary'), page.text]).toEqual([
      'no-referrer',
      'Cookie',
      '',
    ])
    const [transaction, ...session] = [...page.headers.getSetCookie()].sort(
      (a, b) => Number(isDeletion(b)) - Number(isDeletion(a)),
    )
    expect(transaction).toMatch(/^scalegate-login\./)
    for (const line of session)
      expect(line).toMatch(/^scalegate[^;]*; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  it('SEC-080 another organization than the one that was asked for', async () => {
    const { browser, callback } = await arrived(`organization_id=${organizations.acme}`)
    const claims = { oid: organizations.globex }
    await stage().emulator.control.nextTokenResponse({ idToken: { claims }, accessToken: { claims } })
    await expectBad(stage(), await browser.navigate(callback), 'organization_mismatch', {
      tokenCalls: 1,
      finished: true,
    })
  })

  it('SEC-080 two tokens of two organizations', async () => {
    const { browser, callback } = await arrived()
    await stage().emulator.control.nextTokenResponse({ accessToken: { claims: { oid: organizations.globex } } })
    await expectBad(stage(), await browser.navigate(callback), 'id_token_invalid', { tokenCalls: 1, finished: true })
  })
})

describe.each(['Express 5', 'Hono'] as const)('callback with a hook of the app on %s', (framework) => {
  const stage = useStage({ framework })

  it('SEC-078 a hook that throws, and a hook that leads away', async () => {
    const failing = await stage().open({ options: { onLogin: () => Promise.reject(new Error('not today')) } })
    const browser = new Browser()
    const page = await logIn(browser, failing)
    expect([page.status, page.text, sessionCookies(page)]).toEqual([500, 'app error page: unknown', []])
    expect(stage().takeErrors()).toMatchObject([{ message: 'not today' }])
    expect401(await browser.fetch(`${failing.origin}/private`))

    for (const returnTo of ['https://evil.example', '//evil.example', '/auth/logout', 'javascript:alert(1)']) {
      const leading = await stage().open({ options: { onLogin: () => ({ returnTo }) } })
      const answer = await logIn(new Browser(), leading, { query: 'return_to=/one' })
      expect([answer.status, answer.next]).toEqual([303, `${leading.origin}/one`])
      expect(leading.events.filter(({ type }) => type === 'return_to_refused')).toHaveLength(1)
    }
  })
})
