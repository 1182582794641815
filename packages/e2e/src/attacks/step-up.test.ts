import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { logIn, organizations, people, proceed } from '../support/journey.js'
import { expect401, expect503, problemOf } from '../support/refusals.js'
import { useStage } from '../support/stage.js'

/** Guards that do not believe the session alone: a login of a moment ago (RFC 9470), and what the provider says now. */
describe.each(frameworks)('recent login and fresh session on %s', (framework) => {
  const stage = useStage({
    framework,
    routes: [
      { path: '/danger', guard: (auth) => auth.requireRecentLogin(300), answer: ({ person }) => ({ body: person() }) },
      { path: '/fresh', guard: (auth) => auth.requireFresh(), answer: ({ person }) => ({ body: person() }) },
    ],
  })
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control

  async function signedIn(user: string = people.ada) {
    const browser = new Browser()
    await logIn(browser, stage().app, { user })
    await stage().forget()
    return browser
  }

  it('SEC-102 a login that is too old is proven again, by the provider’s own word', async () => {
    const browser = await signedIn()
    expect((await browser.fetch(at('/danger'))).status).toBe(200)
    await stage().advance(301)
    const refused = await browser.fetch(at('/danger'))
    expect([refused.status, problemOf(refused).code]).toEqual([401, 'recent_login_required'])
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer error="insufficient_user_authentication", max_age="300"',
    )
    const away = await browser.navigate(at('/danger?a=1'))
    const login = new URL(away.next!)
    expect([login.origin + login.pathname, Object.fromEntries(login.searchParams)]).toEqual([
      at('/auth/login'),
      { prompt: 'login', organization_id: organizations.acme, return_to: '/danger?a=1' },
    ])
    // A refresh is no proof of who sits there.
    expect((await browser.fetch(at('/private'))).status).toBe(200)
    expect((await browser.fetch(at('/danger'))).status).toBe(401)
    const { callback } = await proceed(browser, await browser.navigate(login.href))
    expect((await browser.navigate(callback.href)).next).toBe(at('/danger?a=1'))
    expect((await browser.fetch(at('/danger'))).status).toBe(200)
  })

  it('SEC-102 an auth_time of long ago in a login of now', async () => {
    const browser = new Browser()
    await control().nextTokenResponse({ idToken: { claims: { auth_time: stage().now() - 3600 } } })
    await logIn(browser, stage().app)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
    expect((await browser.fetch(at('/danger'))).status).toBe(401)
  })

  it('a stranger is asked to log in, not to log in once more', async () => {
    expect401(await new Browser().fetch(at('/danger')))
    expect401(await new Browser().fetch(at('/fresh')))
    expect(await stage().requests()).toEqual([])
  })

  it('SEC-307 what was taken away a moment ago is gone behind requireFresh, and nowhere else yet', async () => {
    const ada = await signedIn()
    await control().setMember(organizations.acme, people.ada, ['guest'])
    expect(JSON.parse((await ada.fetch(at('/private'))).text)).toMatchObject({ roles: ['admin'] })
    expect(JSON.parse((await ada.fetch(at('/fresh'))).text)).toMatchObject({ roles: ['guest'] })
    expect(JSON.parse((await ada.fetch(at('/private'))).text)).toMatchObject({ roles: ['guest'] })
    expect(await stage().tokenCalls('refresh_token')).toBe(1)
  })

  it('SEC-307 a session that the provider has ended unheard', async () => {
    const ada = await signedIn()
    const { sid } = JSON.parse((await ada.fetch(at('/private'))).text) as { sid: string }
    await control().revokeSession(sid, { notify: false })
    expect((await ada.fetch(at('/private'))).status).toBe(200)
    expect401(await ada.fetch(at('/fresh')))
    expect401(await ada.fetch(at('/fresh')))
    expect(await stage().tokenCalls('refresh_token')).toBe(1)
    // Another process may have won the race for this refresh token, so the access token still counts (row 179).
    expect((await ada.fetch(at('/private'))).status).toBe(200)
    await stage().advance(299)
    expect401(await ada.fetch(at('/private')))
  })

  it('SEC-184 SEC-289 a provider that is down: nobody passes, and the session is kept', async () => {
    const ada = await signedIn()
    await control().addFault({ endpoint: 'token', kind: 'status', status: 503, times: 0 })
    expect503(await ada.fetch(at('/fresh')))
    expect((await ada.fetch(at('/private'))).status).toBe(200)
    await control().clearFaults()
    await stage().advance(31)
    expect((await ada.fetch(at('/fresh'))).status).toBe(200)
  })
})
