import { defaultSeed, type FaultInput } from '@scalegate/emulator'
import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../support/app.js'
import { arrivals } from '../support/arrivals.js'
import { arrive } from '../support/journey.js'
import { listen } from '../support/listen.js'
import { expect401, expectBad } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

/** Attack list 4.C, rows 55 and 67 to 74: what the token endpoint may answer to a code. */
describe.each(frameworks)('code exchange on %s', (framework) => {
  const stage = useStage({ framework })
  const { at, arrived, expectStillWorks } = arrivals(stage)

  const oauthError = (error: string, status = 400): FaultInput => ({
    endpoint: 'token',
    kind: 'status',
    status,
    body: JSON.stringify({ error, error_description: 'canary-of-the-provider' }),
  })
  const answered = (body: string, contentType = 'application/json'): FaultInput => ({
    endpoint: 'token',
    kind: 'body',
    body,
    contentType,
  })
  const faults: readonly (readonly [string, FaultInput, string, number])[] = [
    ['SEC-067 invalid_grant', oauthError('invalid_grant'), 'exchange_rejected', 400],
    ['SEC-068 invalid_client', oauthError('invalid_client', 401), 'misconfigured', 500],
    ['SEC-068 unauthorized_client', oauthError('unauthorized_client'), 'misconfigured', 500],
    [
      'SEC-069 429',
      { endpoint: 'token', kind: 'status', status: 429, headers: { 'retry-after': '7' } },
      'exchange_unavailable',
      503,
    ],
    ['SEC-069 500', { endpoint: 'token', kind: 'status', status: 500 }, 'exchange_unavailable', 503],
    ['SEC-069 503 that says invalid_grant', oauthError('invalid_grant', 503), 'exchange_unavailable', 503],
    ['SEC-069 connection reset', { endpoint: 'token', kind: 'drop' }, 'exchange_unavailable', 503],
    ['SEC-069 answer lost', { endpoint: 'token', kind: 'lose_response' }, 'exchange_unavailable', 503],
    ['SEC-071 HTML', answered('<h1>hello</h1>', 'text/html'), 'exchange_unavailable', 503],
    ['SEC-071 nothing', answered(''), 'exchange_unavailable', 503],
    ['SEC-071 a list', answered('[]'), 'exchange_unavailable', 503],
    ['SEC-071 null', answered('null'), 'exchange_unavailable', 503],
    ['SEC-071 300 KB', answered(`{"access_token":"${'a'.repeat(300_000)}"}`), 'exchange_unavailable', 503],
    ['SEC-071 deep', answered(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`), 'exchange_unavailable', 503],
    ['SEC-071 half', answered('{"access_token":"abc'), 'exchange_unavailable', 503],
  ]
  it.each(rowsFor(framework, faults))('%s from the token endpoint', async (_label, fault, code, status) => {
    const { browser, callback } = await arrived()
    await stage().emulator.control.addFault(fault)
    const before = browser.copy()
    const page = await browser.navigate(callback)
    await expectBad(stage(), page, code, { status, tokenCalls: 1, finished: true })
    expect(page.text).not.toContain('canary')
    expect(page.headers.get('retry-after') !== null).toBe(status === 503)
    expect(stage().app.events.filter(({ type }) => type === 'client_rejected')).toHaveLength(
      code === 'misconfigured' ? 1 : 0,
    )
    // The way on is a new login; the same code is not sent again, not even for a browser that kept its cookies.
    expect(page.text).toContain(`href="${at('/auth/login')}?return_to=%2F"`)
    await expectBad(stage(), await before.navigate(callback), 'state_replayed', { tokenCalls: 1, finished: true })
  })

  it.each([302, 307, 308])(
    'SEC-070 the token endpoint answers %i: the client secret is not carried elsewhere',
    async (status) => {
      let visits = 0
      const elsewhere = await listen((_, res) => {
        visits++
        res.setHeader('content-type', 'application/json').end('{"access_token":"a","token_type":"Bearer"}')
      })
      const { browser, callback } = await arrived()
      await stage().emulator.control.addFault({
        endpoint: 'token',
        kind: 'status',
        status,
        headers: { location: elsewhere.origin },
      })
      const page = await browser.navigate(callback)
      await expectBad(stage(), page, 'exchange_unavailable', { status: 503, tokenCalls: 1, finished: true })
      expect(visits).toBe(0)
      await elsewhere.close()
    },
  )

  const responses: readonly (readonly [string, Record<string, unknown>, string, number])[] = [
    ['SEC-072 no access_token', { access_token: null }, 'exchange_unavailable', 503],
    ['SEC-072 access_token is a number', { access_token: 1 }, 'exchange_unavailable', 503],
    ['SEC-072 access_token is a list', { access_token: ['a'] }, 'exchange_unavailable', 503],
    ['SEC-072 no token_type', { token_type: null }, 'exchange_unavailable', 503],
    ['SEC-072 token_type mac', { token_type: 'mac' }, 'exchange_unavailable', 503],
    ['SEC-072 expires_in negative', { expires_in: -1 }, 'exchange_unavailable', 503],
    ['SEC-072 expires_in a word', { expires_in: 'soon' }, 'exchange_unavailable', 503],
    ['SEC-072 expires_in too large', { expires_in: 1e300 }, 'exchange_unavailable', 503],
    ['SEC-073 no id_token', { id_token: null }, 'id_token_invalid', 400],
  ]
  it.each(rowsFor(framework, responses))('%s', async (_label, response, code, status) => {
    const { browser, callback } = await arrived()
    await stage().emulator.control.nextTokenResponse({ response })
    await expectBad(stage(), await browser.navigate(callback), code, { status, tokenCalls: 1, finished: true })
    expect401(await browser.fetch(at('/private')))
  })

  const good: readonly (readonly [string, Record<string, unknown>])[] = [
    ['SEC-072 expires_in as a string', { expires_in: '300' }],
    ['SEC-072 no expires_in', { expires_in: null }],
    ['SEC-072 token_type in capitals', { token_type: 'BEARER' }],
    [
      'SEC-074 names of Object.prototype',
      JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    ],
  ]
  it.each(rowsFor(framework, good))('%s is good enough', async (_label, response) => {
    const login = await arrived()
    await stage().emulator.control.nextTokenResponse({ response })
    await expectStillWorks(login)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

/** Core alone asks the token endpoint, so Express 5 stands for all frameworks. */
describe('code exchange of one client beside another', () => {
  const [client] = defaultSeed.clients
  const second = { ...client!, id: 'skc_101000000000000002', secret: 'the-secret-of-the-second-client' }
  const stage = useStage({ emulator: { seed: { ...defaultSeed, clients: [client!, second] } } })

  it('SEC-055 the code of another client', async () => {
    const other = await stage().open({ options: { clientId: second.id, clientSecret: second.secret } })
    const { callback: foreign } = await arrive(new Browser(), other)
    const browser = new Browser()
    const { callback } = await arrive(browser, stage().app)
    await stage().forget()
    callback.searchParams.set('code', foreign.searchParams.get('code') ?? '')
    await expectBad(stage(), await browser.navigate(callback.href), 'exchange_rejected', {
      tokenCalls: 1,
      finished: true,
    })
  })

  it('SEC-069 the token endpoint takes too long', async () => {
    const hasty = await stage().open({ options: { timeouts: { exchange: 1 } } })
    const browser = new Browser()
    const { callback } = await arrive(browser, hasty)
    await stage().forget()
    await stage().emulator.control.addFault({ endpoint: 'token', kind: 'delay', delay: 1.5 })
    const page = await browser.navigate(callback.href)
    await expectBad(stage(), page, 'exchange_unavailable', { status: 503, tokenCalls: 1, finished: true })
  })
})
