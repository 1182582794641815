import { describe, expect, it } from 'vitest'
import { createBench } from '../test/fixture.js'

describe('GET session', () => {
  it('SEC-355 gives the caller’s own session, without tokens, to our own pages', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/session', { as: 'fetch' })
    expect(answer.status).toBe(200)
    expect(Object.fromEntries(answer.headers)).toEqual({
      'cache-control': 'private, no-store',
      'content-type': 'application/json',
      'cross-origin-resource-policy': 'same-origin',
      vary: 'Cookie',
      'x-content-type-options': 'nosniff',
    })
    const text = await answer.text()
    expect(JSON.parse(text)).toEqual({ session: await browser.page((context) => context.session()) })
    expect(text).not.toMatch(/eyJ|rt_/)
  })

  it('gives a stranger null', async () => {
    const answer = await (await createBench()).browser().route('/auth/session', { as: 'fetch' })
    expect([answer.status, await answer.json()]).toEqual([200, { session: null }])
  })

  it.each(['cross-site', 'same-site'] as const)('SEC-355 a %s page gets 403', async (site) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route('/auth/session', {
      as: 'fetch',
      site,
      headers: { origin: 'https://evil.example' },
    })
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'origin_not_allowed'])
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('is 503 while nobody can say, with the cookie untouched', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    bench.provider.answers.push(() => new Response('', { status: 500 }))
    const answer = await browser.route('/auth/session', { as: 'fetch' })
    expect([answer.status, answer.headers.getSetCookie(), answer.headers.get('retry-after')]).toEqual([503, [], '5'])
  })

  it('refreshes like any other page', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    bench.now += 400
    const answer = await browser.route('/auth/session', { as: 'fetch' })
    expect(answer.headers.getSetCookie()).toHaveLength(1)
    expect(await answer.json()).toMatchObject({ session: { stale: false } })
  })
})
