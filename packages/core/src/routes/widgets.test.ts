import { describe, expect, it } from 'vitest'
import { ada, createBench, readBad } from '../test/fixture.js'

describe('GET widgets', () => {
  it.each([
    ['the start', '', '/ui/'],
    ['a widget the person may see', '?widget=members', '/ui/'],
    ['the one with an address of its own', '?widget=security', '/ui/profile/passkeys'],
    ['SEC-323 a path in the query', '?next=https://evil.example&path=/../x', '/ui/'],
  ])('leads to %s', async (_label, query, path) => {
    const bench = await createBench()
    const browser = await bench.signedIn()
    const answer = await browser.route(`/auth/widgets${query}`)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, bench.provider.issuer + path])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
  })

  it.each([
    ['a widget without the permission', '?widget=sso'],
    ['SEC-323 a widget that does not exist', '?widget=https://evil.example'],
    ['SEC-323 an empty name', '?widget='],
    ['SEC-323 a property name', '?widget=__proto__'],
  ])('refuses %s', async (_label, query) => {
    const bench = await createBench()
    const answer = await (await bench.signedIn()).route(`/auth/widgets${query}`)
    expect(answer.headers.get('location')).toBeNull()
    expect(await readBad(answer)).toEqual({ status: 403, code: 'forbidden' })
  })

  it('SEC-324 a stranger logs in first and comes back to the widgets', async () => {
    const bench = await createBench()
    const answer = await bench.browser().route('/auth/widgets?widget=members')
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      'https://app.example/auth/login?return_to=%2Fauth%2Fwidgets%3Fwidget%3Dmembers',
    ])
    const script = await bench.browser().route('/auth/widgets', { as: 'fetch' })
    expect(script.status).toBe(401)
  })

  it('opens all that the permissions open', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn({ ...ada, permissions: ['sk_org_sso_manage'] })
    expect((await browser.route('/auth/widgets?widget=sso')).status).toBe(303)
    expect((await browser.route('/auth/widgets?widget=members')).status).toBe(403)
  })
})
