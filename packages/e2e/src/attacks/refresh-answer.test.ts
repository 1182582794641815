import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { logIn, organizations, people } from '../support/journey.js'
import { expect401, expect403, expect503 } from '../support/refusals.js'
import { useStage } from '../support/stage.js'

/** Seconds after which the access token of the emulator is over. */
const lifetime = 299

/**
 * Attack list 4.H, rows 188 to 190: what the provider may answer to a refresh token. It is read by core alone, so
 * Express 5 stands for all; what becomes of an answer on other frameworks is in `refresh.test.ts`.
 */
describe('answer to a refresh', () => {
  const stage = useStage()
  const at = (path: string) => stage().app.origin + path
  const control = () => stage().emulator.control

  async function signedIn() {
    const browser = new Browser()
    await logIn(browser, stage().app)
    await stage().forget()
    return browser
  }
  const refreshes = () => stage().tokenCalls('refresh_token')
  const endings = () => stage().app.events.filter(({ type }) => type === 'session_ended')

  const changes: readonly (readonly [string, Record<string, unknown>, Record<string, unknown>])[] = [
    ['SEC-188 ID token of another person', { sub: people.max }, {}],
    ['SEC-188 ID token of another issuer', { iss: 'https://evil.example' }, {}],
    ['SEC-188 ID token for another client', { aud: ['skc_other'], azp: null }, {}],
    ['SEC-188 ID token of another login', { nonce: 'A'.repeat(43) }, {}],
    ['SEC-189 access token of another person', { at_hash: null }, { sub: people.max }],
    ['SEC-189 access token of another organization', { at_hash: null }, { oid: organizations.globex }],
    ['SEC-189 access token of another session', { at_hash: null }, { sid: 'ses_other' }],
    ['SEC-189 access token for another audience', { at_hash: null }, { aud: ['skc_other'] }],
  ]
  it.each(changes)('%s: the whole refresh is refused', async (_label, id, access) => {
    const browser = await signedIn()
    await control().nextTokenResponse({
      grantType: 'refresh_token',
      idToken: { claims: id },
      accessToken: { claims: access },
    })
    await stage().advance(lifetime)
    expect401(await browser.fetch(at('/private')))
    expect401(await browser.fetch(at('/private')))
    expect([await refreshes(), endings().length]).toEqual([1, 1])
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['ID token', { exp: 1 }, {}],
    ['access token', { at_hash: null }, { exp: 1 }],
  ])(
    'an expired %s may be a matter of the clocks: nobody gets in, nobody is logged out',
    async (_label, id, access) => {
      const browser = await signedIn()
      await control().nextTokenResponse({
        grantType: 'refresh_token',
        idToken: { claims: id },
        accessToken: { claims: access },
      })
      await stage().advance(lifetime)
      const fetches = [1, 2, 3].map(() => browser.fetch(at('/private')))
      for (const page of await Promise.all(fetches)) expect503(page)
      expect([await refreshes(), endings()]).toEqual([1, []])
    },
  )

  it('SEC-190 SEC-307 fewer permissions bite at once', async () => {
    const browser = await signedIn()
    expect((await browser.fetch(at('/members'))).status).toBe(200)
    await control().setMember(organizations.acme, people.ada, ['guest'])
    await stage().advance(lifetime)
    expect((await browser.fetch(at('/private'))).status).toBe(200)
    expect403(await browser.fetch(at('/members')))
  })
})
