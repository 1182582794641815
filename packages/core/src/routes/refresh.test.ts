import { describe, expect, it } from 'vitest'
import { refusal } from '../test/fake-provider.js'
import { createBench, readBad } from '../test/fixture.js'

describe('GET refresh', () => {
  it('refreshes and goes back', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    const answer = await browser.route('/auth/refresh?return_to=/members')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://app.example/members'])
    expect(bench.provider.tokenCalls.map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ])
    expect(await browser.user()).toBe('usr_ada')
    expect(bench.provider.tokenCalls).toHaveLength(2)
  })

  it('sends a stranger to the login and back', async () => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/refresh?return_to=/members')
    expect(answer.headers.get('location')).toBe('https://app.example/auth/login?return_to=%2Fmembers')
  })

  it('sends somebody whom the provider signed out to the login', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => refusal('invalid_grant'))
    const answer = await browser.route('/auth/refresh?return_to=/members')
    expect(answer.headers.get('location')).toBe('https://app.example/auth/login?return_to=%2Fmembers')
    expect(await browser.user()).toBeNull()
  })

  it.each([
    ['SEC-018', '?return_to=https://evil.example', 1],
    ['SEC-034', '?return_to=/auth/logout', 1],
    ['SEC-037', '?return_to=/a&return_to=/b', 1],
    ['none', '', 0],
  ])('%s falls back', async (_label, query, refused) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route(`/auth/refresh${query}`)
    expect(answer.headers.get('location')).toBe('https://app.example/')
    expect(bench.eventsOf('return_to_refused')).toHaveLength(refused)
  })

  it('answers an outage with a page that leads back, and keeps the session', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => new Response('', { status: 500, headers: { 'retry-after': '17' } }))
    const answer = await browser.route('/auth/refresh?return_to=/members')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '17'])
    expect(await readBad(answer)).toEqual({ status: 503, code: 'refresh_unavailable' })
    bench.now += 60
    expect(await browser.user()).toBe('usr_ada')
  })

  it('stops a page that sends its visitor here again and again', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const visits: number[] = []
    for (let i = 0; i < 5; i++) {
      const answer = await browser.route('/auth/refresh?return_to=/members')
      visits.push(answer.status)
      if (i === 3) expect(await answer.text()).toContain('href="https://app.example/members"')
    }
    expect(visits).toEqual([303, 303, 303, 503, 503])
    bench.now += 31
    expect((await browser.route('/auth/refresh')).status).toBe(303)
    expect(await browser.user()).toBe('usr_ada')
  })

  it('SEC-192 asks the provider at most once in ten seconds', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 20
    for (let i = 0; i < 3; i++) {
      await browser.route('/auth/refresh')
      bench.now += 1
    }
    expect(bench.provider.tokenCalls).toHaveLength(2)
  })

  it.each(['-1', 'x', '99', '1e3', ''])('is not impressed by a forged count (%s)', async (count) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    browser.plant('__Host-scalegate-refresh', count)
    expect((await browser.route('/auth/refresh')).status).toBe(303)
  })

  it('tells a script 401, and refreshes nothing for it', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    const answer = await browser.route('/auth/refresh', { as: 'fetch' })
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'refresh_required'])
    expect(bench.provider.tokenCalls).toHaveLength(1)
  })

  it('leaves a session without refresh token as it is while its access token lives', async () => {
    const bench = await createBench()
    bench.provider.behaviour.refreshTokens = false
    const browser = await bench.signedIn()
    bench.now += 20
    const answer = await browser.route('/auth/refresh?return_to=/members')
    expect(answer.headers.get('location')).toBe('https://app.example/members')
    expect(await browser.user()).toBe('usr_ada')
  })
})
