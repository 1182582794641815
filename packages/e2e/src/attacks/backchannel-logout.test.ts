import type { LogoutTokenInput } from '@scalegate/emulator'
import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { forge, payloadOf } from '../support/forgery.js'
import { arrive, people } from '../support/journey.js'
import { expectDone, expectRefused, logoutTokens } from '../support/logout-tokens.js'
import { expect401, expectBad } from '../support/refusals.js'
import { useStage } from '../support/stage.js'

/** Attack list 4.J: what a logout token ends. */
describe.each(['Express 5', 'Hono'] as const)('back-channel logout on %s', (framework) => {
  const stage = useStage({ framework })
  const at = (path: string) => stage().app.origin + path
  const { post, mint, signedIn, isIn } = logoutTokens(stage)
  const now = () => stage().now()

  it('SEC-229 the same token again is 200 and has no effect', async () => {
    const person = await signedIn()
    const token = await mint({ sub: person.sub })
    expectDone(await post(token))
    expect(await isIn(person)).toBe(false)
    await stage().advance(1)
    const later = await signedIn()
    expectDone(await post(token))
    expect(stage().app.events).toMatchObject([{ type: 'backchannel_logout', replayed: true }])
    expect(await isIn(later)).toBe(true)
  })

  it('SEC-230 SEC-231 tokens of other kinds, in both directions', async () => {
    const person = await signedIn()
    const access = (await person.browser.fetch(at('/token'))).text
    expectRefused(await post(access))
    expect(await isIn(person)).toBe(true)

    const logout = await mint({ sid: person.sid })
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().forget()
    await stage().emulator.control.nextTokenResponse({ response: { id_token: logout } })
    await expectBad(stage(), await browser.navigate(callback.href), 'id_token_invalid', {
      tokenCalls: 1,
      finished: true,
    })
    expect401(await browser.fetch(at('/private'), { headers: { authorization: `Bearer ${logout}` } }))
  })

  it('SEC-244 nobody tells a known session from an unknown one', async () => {
    const known = await signedIn()
    const answers = [
      await post(await mint({ sid: known.sid })),
      await post(await mint({ sid: 'ses_unknown' })),
      await post(await mint({ sub: 'usr_unknown' })),
    ]
    for (const answer of answers) expectDone(answer)
    const names = (headers: Headers) => [...headers.keys()].filter((name) => name !== 'date').sort()
    expect(names(answers[1]!.headers)).toEqual(names(answers[0]!.headers))
  })

  it('SEC-232 a session that is not known yet is refused when it comes', async () => {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    const { sessions } = await stage().emulator.control.state()
    expectDone(await post(await mint({ sid: sessions[0]!.id, claims: { iat: now() + 30 } })))
    await stage().forget()
    await expectBad(stage(), await browser.navigate(callback.href), 'exchange_rejected', {
      tokenCalls: 1,
      finished: true,
    })
  })

  it('SEC-233 SEC-235 sid, and sid with sub: that session in every browser, and no other one of the person', async () => {
    for (const withSub of [{}, { sub: people.ada }]) {
      const one = await signedIn()
      const copy = { browser: one.browser.copy() }
      const another = await signedIn()
      expect(another.sid).not.toBe(one.sid)
      expectDone(await post(await mint({ sid: one.sid, ...withSub })))
      expect([await isIn(one), await isIn(copy), await isIn(another)]).toEqual([false, false, true])
    }
  })

  it('SEC-234 SEC-236 sub: every session of the person, and the next login is good while the old ones stay dead', async () => {
    const sessions = [await signedIn(people.max), await signedIn(people.max)]
    const bystander = await signedIn(people.ada)
    expectDone(await post(await mint({ sub: people.max })))
    await stage().advance(1)
    const again = await signedIn(people.max)
    expect([await isIn(again), await isIn(sessions[0]!), await isIn(sessions[1]!), await isIn(bystander)]).toEqual([
      true,
      false,
      false,
      true,
    ])
  })

  it('SEC-237 a logout between exchange and session', async () => {
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().emulator.control.addFault({ endpoint: 'token', kind: 'delay', delay: 0.3 })
    const arriving = browser.navigate(callback.href)
    await stage().faultsTaken()
    const token = await mint({ sub: people.ada, claims: { iat: now() + 5 } })
    expectDone(await post(token))
    await stage().forget()
    await expectBad(stage(), await arriving, 'exchange_rejected', { tokenCalls: 1, finished: true })
    expect((await browser.fetch(at('/'))).text).toBe('stranger')
  })

  it('SEC-242 the refresh token of a session that was ended is not used again, by no copy of the cookie', async () => {
    const person = await signedIn()
    const copy = { browser: person.browser.copy() }
    expectDone(await post(await mint({ sid: person.sid })))
    await stage().forget()
    await stage().advance(299)
    expect([await isIn(person), await isIn(copy)]).toEqual([false, false])
    expect((await copy.browser.navigate(at('/auth/refresh'))).status).toBe(303)
    expect(await stage().requests()).toEqual([])
  })

  it('SEC-326 a log-out in the widgets', async () => {
    const person = await signedIn()
    const bystander = await signedIn(people.max)
    const widgets = `${stage().emulator.url}/ui/`
    await person.browser.navigate(`${widgets}logout`, { form: {}, from: widgets })
    expect(await stage().emulator.control.deliveries()).toMatchObject([{ status: 200, sid: person.sid }])
    expect([await isIn(person), await isIn(bystander)]).toEqual([false, true])
  })

  it('SEC-239 keys out of reach: known ones do, unknown ones are refused for now and may come again', async () => {
    const person = await signedIn()
    const known = await mint({ sub: people.gil })
    await stage().emulator.control.addFault({ endpoint: 'keys', kind: 'status', status: 503, times: 0 })
    await stage().advance(700)
    const fresh = await mint({ sub: people.gil })
    expectDone(await post(fresh))
    expectRefused(await post(known))
    await stage().emulator.control.rotateKeys('none')
    await stage().advance(31)
    const token = await mint({ sid: person.sid })
    expectRefused(await post(token), 'revocation_unavailable')
    await stage().emulator.control.clearFaults()
    await stage().advance(31)
    expectDone(await post(token))
  })

  it('SEC-240 SEC-123 a flood of unknown keys costs one fetch', async () => {
    await signedIn()
    const claims = payloadOf(await mint({ sub: people.gil }))
    const flood = (from: number) => {
      const kids = Array.from({ length: 20 }, (_, index) => `kid-${from + index}`)
      return Promise.all(kids.map((kid) => post(forge({ alg: 'RS256', kid }, claims, () => 'AAAA'))))
    }
    for (const from of [0, 20, 40]) for (const answer of await flood(from)) expectRefused(answer)
    expect((await stage().requests()).filter(({ kind }) => kind === 'keys').length).toBeLessThanOrEqual(1)
  })

  it.each(['s'.repeat(10_000), 'a:b*c', 'nul\0byte', '__proto__', 'ses_é\u2028'])('SEC-243 an odd sid', async (sid) => {
    expectDone(await post(await mint({ claims: { sid } })))
    expect(await isIn(await signedIn())).toBe(true)
  })
})

/** Only core decides here, so Express 5 stands for all. */
describe('back-channel logout with stricter rules', () => {
  const stage = useStage({ options: { logoutToken: { typ: 'strict', exp: 'optional' } } })
  const { post: send, mint } = logoutTokens(stage)
  const post = async (input: LogoutTokenInput) => send(await mint(input))

  it('Q1 typ: strict takes logout+jwt only', async () => {
    expectDone(await post({ sub: people.gil }))
    for (const typ of ['JWT', null]) expectRefused(await post({ sub: people.gil, header: { typ } }))
  })

  it('SEC-225 exp: optional takes tokens of drafts that had none, while iat is fresh', async () => {
    expectDone(await post({ sub: people.gil, claims: { exp: null } }))
    expectRefused(await post({ sub: people.gil, claims: { exp: null, iat: stage().now() - 601 } }))
  })
})
