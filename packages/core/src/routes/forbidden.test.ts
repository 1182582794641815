import { describe, expect, it } from 'vitest'
import { createBench, readBad } from '../test/fixture.js'

describe('GET forbidden', () => {
  it('is the 403 page, with a way on', async () => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/forbidden')
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    const text = await answer.clone().text()
    expect(text).toContain('href="https://app.example/"')
    expect(await readBad(answer)).toEqual({ status: 403, code: 'forbidden' })
  })

  it('tells a program the same', async () => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/forbidden', { as: 'fetch' })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([403, 'Bearer error="insufficient_scope"'])
    expect(await answer.json()).toMatchObject({ code: 'forbidden', status: 403 })
  })

  it('is replaced by the page of the app', async () => {
    const bench = await createBench({ errorPage: ({ code, status }) => `<p>${code} ${status}</p>` })
    const answer = await bench.browser().route('/auth/forbidden')
    expect([answer.status, await answer.text()]).toEqual([403, '<p>forbidden 403</p>'])
  })

  it('is no place to come back to', async () => {
    const bench = await createBench()
    const answer = await (await bench.signedIn()).route('/auth/login?return_to=/auth/forbidden')
    expect(answer.headers.get('location')).toBe('https://app.example/')
  })
})
