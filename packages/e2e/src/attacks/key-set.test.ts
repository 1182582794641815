import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { apiRoutes, machineToken } from '../support/api-routes.js'
import { frameworks, type RunningApp } from '../support/app.js'
import { forge, payloadOf } from '../support/forgery.js'
import { expect503, problemOf } from '../support/refusals.js'
import { rowsFor, useStage } from '../support/stage.js'

/** Attack list 4.E, rows 123 to 126: the provider's keys, with its own log as the witness of who asked for them. */
describe.each(frameworks)('signing keys behind %s', (framework) => {
  const stage = useStage({ framework, routes: apiRoutes, options: { timeouts: { keys: 1 } } })
  const control = () => stage().emulator.control
  const call = (token: string, { origin }: Pick<RunningApp, 'origin'> = stage().app) =>
    new Browser().fetch(`${origin}/api/machine`, { headers: { authorization: `Bearer ${token}` } })
  const fetches = async () => (await stage().requests()).filter(({ kind }) => kind === 'keys').length
  const newToken = () => machineToken(stage().emulator)

  async function expectGood(token: string): Promise<void> {
    const answer = await call(token)
    expect([answer.status, answer.text.includes('m2morg_')]).toEqual([200, true])
  }

  it('SEC-123 a flood of random kids is one fetch, good tokens go on, and a rotation is still noticed', async () => {
    const good = await newToken()
    await expectGood(good)
    await stage().forget()
    const claims = payloadOf(good)
    for (let batch = 0; batch < 10; batch++) {
      const forged = Array.from({ length: 50 }, () =>
        forge({ alg: 'RS256', typ: 'JWT', kid: `snk_${crypto.randomUUID()}` }, claims, () => 'AAAA'),
      )
      const answers = await Promise.all([good, ...forged].map((token) => call(token)))
      expect(answers.map(({ status }) => status)).toEqual([200, ...forged.map(() => 401)])
    }
    expect(await fetches()).toBe(1)
    await control().rotateKeys('old')
    await stage().advance(31)
    await expectGood(await newToken())
    expect(await fetches()).toBe(2)
  })

  const big = JSON.stringify({ keys: Array.from({ length: 5000 }, (_, index) => ({ kty: 'RSA', kid: `${index}` })) })
  const faults: readonly (readonly [string, Parameters<ReturnType<typeof control>['addFault']>[0]])[] = [
    ['no keys', { endpoint: 'keys', kind: 'body', body: '{"keys":[]}' }],
    ['a page', { endpoint: 'keys', kind: 'body', body: '<!doctype html>', contentType: 'text/html' }],
    ['500', { endpoint: 'keys', kind: 'status', status: 500 }],
    ['302', { endpoint: 'keys', kind: 'status', status: 302, headers: { location: 'https://evil.example/keys' } }],
    ['5 000 keys', { endpoint: 'keys', kind: 'body', body: big }],
    ['nothing, and the connection open', { endpoint: 'keys', kind: 'delay', delay: 20 }],
    ['a closed connection', { endpoint: 'keys', kind: 'drop' }],
  ]
  it.each(rowsFor(framework, faults))(
    'SEC-124 keys that are known go on where the provider answers with %s',
    async (_label, fault) => {
      await expectGood(await newToken())
      await control().addFault({ ...fault, times: 0 })
      // The keys are as old as they may be, so each first request asks again.
      await stage().advance(700)
      const good = await newToken()
      await expectGood(good)
      const unknown = await call(forge({ alg: 'RS256', kid: 'snk_unknown' }, payloadOf(good), () => 'AAAA'))
      expect503({ ...unknown, next: undefined }, 'keys_unavailable')
      await control().clearFaults()
      await stage().advance(31)
      await expectGood(good)
    },
  )

  it('SEC-126 a cold start with hundreds of requests is one fetch', async () => {
    // A client that this process has not met: the keys belong to issuer and client.
    const clientId = 'skc_101000000000000003'
    const cold = await stage().open({ routes: apiRoutes, options: { clientId, timeouts: { keys: 1 } } })
    const good = await newToken()
    await control().addFault({ endpoint: 'keys', kind: 'delay', delay: 0.2 })
    await stage().forget()
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(good, cold)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await fetches()).toBe(1)
  })

  it('SEC-124 without any keys nobody gets in and nobody is told that the token is bad', async () => {
    const clientId = 'skc_101000000000000002'
    const cold = await stage().open({ routes: apiRoutes, options: { clientId, timeouts: { keys: 1 } } })
    const good = await newToken()
    await control().addFault({ endpoint: 'keys', kind: 'status', status: 503, times: 0 })
    const answer = await call(good, cold)
    expect503(answer, 'keys_unavailable')
    expect([answer.headers.get('www-authenticate'), problemOf(answer).code]).toEqual([null, 'keys_unavailable'])
    await control().clearFaults()
    await stage().advance(31)
    expect((await call(good, cold)).status).toBe(200)
  })
})
