import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, Endpoint } from '../index.js'
import { Browser } from '../test/browser.js'
import { people, startBuilt } from '../test/emulator.js'
import { authorizePath, refresh, session, tokenRequest } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const get = (path: string) => fetch(emulator.url + path, { redirect: 'manual' })
const attempt = (answer: Promise<Response>) => answer.then(
  (response) => response.status,
  () => 'connection lost',
) // biome-ignore format: shorter

describe('faults by endpoint', () => {
  it.each<[Endpoint, () => Promise<Response>]>([
    ['authorize', () => new Browser(emulator.url).get(authorizePath(emulator))],
    ['token', () => tokenRequest(emulator, { grant_type: 'client_credentials' })],
    ['keys', () => get('/keys')],
    ['discovery', () => get('/.well-known/openid-configuration')],
    ['userinfo', () => get('/userinfo')],
    ['logout', () => get('/oidc/logout')],
    ['api', () => get('/api/v1/users/usr_1')],
    ['any', () => get('/ui/')],
  ])('%s', async (endpoint, call) => {
    await emulator.control.addFault({ endpoint, kind: 'status', status: 418 })
    expect([(await call()).status, (await call()).status === 418]).toEqual([418, false])
  })

  it('hits no other endpoint, and never the control API', async () => {
    await emulator.control.addFault({ endpoint: 'token', kind: 'status', times: 0 })
    expect((await get('/keys')).status).toBe(200)
    await emulator.control.addFault({ endpoint: 'any', kind: 'drop', times: 0 })
    expect((await emulator.control.state()).faults).toHaveLength(2)
  })
})

describe('faults by kind', () => {
  it('status, with headers and body', async () => {
    const headers = { 'retry-after': '7' }
    await emulator.control.addFault({
      endpoint: 'keys',
      kind: 'status',
      status: 429,
      headers,
      body: 'slow',
      contentType: 'text/plain',
    })
    const response = await get('/keys')
    expect([response.status, response.headers.get('retry-after'), response.headers.get('content-type')]).toEqual([
      429,
      '7',
      'text/plain',
    ])
    expect(await response.text()).toBe('slow')
  })

  it('body', async () => {
    await emulator.control.addFault({ endpoint: 'keys', kind: 'body', body: '<p>hi</p>', contentType: 'text/html' })
    const response = await get('/keys')
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/html',
      '<p>hi</p>',
    ])
  })

  it('delay, then the ordinary answer', async () => {
    await emulator.control.addFault({ endpoint: 'keys', kind: 'delay', delay: 0.3 })
    const started = performance.now()
    expect((await get('/keys')).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(290)
  })

  it('drop: nothing is processed', async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    await emulator.control.addFault({ endpoint: 'token', kind: 'drop' })
    await expect(refresh(emulator, tokens)).rejects.toThrow()
    expect(await refresh(emulator, tokens)).toHaveProperty('refresh_token')
    const [dropped] = (await emulator.control.requests()).filter(({ error }) => error === 'drop')
    expect(dropped).toMatchObject({ status: 0, kind: 'token', grantType: 'refresh_token' })
  })

  it('lose_response: processed, but nobody hears of it', async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    await emulator.control.addFault({ endpoint: 'token', kind: 'lose_response' })
    await expect(refresh(emulator, tokens)).rejects.toThrow()
    expect(await refresh(emulator, tokens)).toMatchObject({ error: 'invalid_grant' })
    const [lost] = (await emulator.control.requests()).filter(({ error }) => error === 'lose_response')
    expect(lost).toMatchObject({ status: 0, kind: 'token' })
  })

  it('lose_response for our own routes', async () => {
    await emulator.control.addFault({ endpoint: 'userinfo', kind: 'lose_response' })
    expect(await attempt(get('/userinfo'))).toBe('connection lost')
  })
})

describe('faults by count', () => {
  it('times, in the order they were added', async () => {
    await emulator.control.addFault({ endpoint: 'keys', kind: 'status', status: 500, times: 2 })
    await emulator.control.addFault({ endpoint: 'keys', kind: 'status', status: 501 })
    const statuses: number[] = []
    for (let call = 0; call < 4; call += 1) statuses.push((await get('/keys')).status)
    expect(statuses).toEqual([500, 500, 501, 200])
  })

  it('times 0 stays until it is removed, one or all', async () => {
    const id = await emulator.control.addFault({ endpoint: 'keys', kind: 'status', times: 0 })
    expect([(await get('/keys')).status, (await get('/keys')).status]).toEqual([503, 503])
    expect((await emulator.control.state()).faults).toMatchObject([{ id, remaining: null }])
    await emulator.control.removeFault(id)
    expect((await get('/keys')).status).toBe(200)
    await emulator.control.addFault({ endpoint: 'keys', kind: 'status', times: 0 })
    await emulator.control.clearFaults()
    expect((await get('/keys')).status).toBe(200)
  })

  it('grantType: only such token requests', async () => {
    await emulator.control.addFault({ endpoint: 'token', kind: 'status', status: 500, grantType: 'refresh_token' })
    const { tokens } = await session(emulator, { user: people.ada })
    expect(tokens).toHaveProperty('id_token')
    const response = await tokenRequest(emulator, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
    })
    expect(response.status).toBe(500)
  })
})
