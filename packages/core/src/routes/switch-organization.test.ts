import { describe, expect, it } from 'vitest'
import { ada, createBench, readBad } from '../test/fixture.js'

const inOther = { ...ada, oid: 'org_2' }
const asked = (answer: Response) => new URL(answer.headers.get('location') ?? '').searchParams

describe('GET switch-organization', () => {
  it('leads into the other organization, and the new session replaces the old one', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const old = browser.copy()
    const answer = await browser.route('/auth/switch-organization?organization_id=org_2&return_to=/projects')
    expect([asked(answer).get('prompt'), asked(answer).get('organization_id')]).toEqual(['select_account', 'org_2'])
    expect(await browser.page(async (context) => (await context.session())?.organizationId)).toBe('org_1')
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', inOther)
    const done = await browser.route(callback.pathname + callback.search)
    expect(done.headers.get('location')).toBe('https://app.example/projects')
    expect(await browser.page(async (context) => (await context.session())?.organizationId)).toBe('org_2')
    expect(await old.user()).toBe(null)
    expect(bench.eventsOf('login_started').at(-1)).toMatchObject({ organization: 'asked', by: 'switch' })
  })

  it('without an organization it is the picker', async () => {
    const bench = await createBench()
    const answer = await (await bench.signedIn(ada)).route('/auth/switch-organization')
    expect([asked(answer).get('prompt'), asked(answer).get('organization_id')]).toEqual(['select_account', null])
  })

  it('goes nowhere for the organization one is in', async () => {
    const bench = await createBench()
    const answer = await (await bench.signedIn(ada)).route(
      '/auth/switch-organization?organization_id=org_1&return_to=/x',
    )
    expect(answer.headers.get('location')).toBe('https://app.example/x')
  })

  it('SEC-080 another organization than the asked one is refused, and the session stays as it was', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const answer = await browser.route('/auth/switch-organization?organization_id=org_2')
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', ada)
    const done = await browser.route(callback.pathname + callback.search)
    expect(await readBad(done)).toEqual({ status: 400, code: 'organization_mismatch' })
    expect(await browser.page(async (context) => (await context.session())?.organizationId)).toBe('org_1')
  })

  it('a stranger logs in on the way', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    const answer = await browser.route('/auth/switch-organization?organization_id=org_2')
    const callback = bench.provider.authorize(answer.headers.get('location') ?? '', inOther)
    await browser.route(callback.pathname + callback.search)
    expect(await browser.user()).toBe('usr_ada')
  })

  it.each([
    ['organization_id=a&organization_id=b', 'request_invalid'],
    ['organization_id[]=a', 'request_invalid'],
    [`organization_id=${'a'.repeat(600)}`, 'request_invalid'],
  ])('refuses %.40s', async (query, code) => {
    const answer = await (await createBench()).browser().route(`/auth/switch-organization?${query}`)
    expect(await readBad(answer)).toEqual({ status: 400, code })
  })

  it('SEC-018 returns to pages of this app only', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const answer = await browser.route('/auth/switch-organization?organization_id=org_1&return_to=//evil.example')
    expect(answer.headers.get('location')).toBe('https://app.example/')
    expect(bench.eventsOf('return_to_refused')).toHaveLength(1)
  })

  it('is for page loads, and starts nothing for a script', async () => {
    const bench = await createBench()
    const browser = bench.browser()
    expect((await browser.route('/auth/switch-organization', { as: 'fetch' })).status).toBe(401)
    expect((await browser.route('/auth/switch-organization', { as: 'prefetch' })).status).toBe(204)
    expect(browser.cookies.size).toBe(0)
  })

  it('with modular SSO there is no picker: without an organization the login route asks', async () => {
    const bench = await createBench({ product: 'modular_sso' })
    const browser = bench.browser()
    const named = await browser.route('/auth/switch-organization?organization_id=org_2')
    expect([asked(named).get('prompt'), asked(named).get('organization_id')]).toEqual([null, 'org_2'])
    const bare = await browser.route('/auth/switch-organization?return_to=/x')
    expect(bare.headers.get('location')).toBe('https://app.example/auth/login?return_to=%2Fx')
  })
})

describe('a guard of another organization', () => {
  const guard = { organizationId: 'org_2' }

  it('SEC-308 answers 403, with the way to switch and come back', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const page = await browser.page(async (context) => (await context.authorize(guard)).refusal)
    const text = await page?.clone().text()
    expect(await readBad(page ?? new Response('{}'))).toEqual({ status: 403, code: 'wrong_organization' })
    expect(text?.replaceAll('&amp;', '&')).toContain(
      'href="https://app.example/auth/switch-organization?return_to=%2Fpage&organization_id=org_2"',
    )
    const api = await browser.page(async (context) => (await context.authorize(guard)).refusal, { as: 'fetch' })
    expect(await api?.json()).toMatchObject({
      code: 'wrong_organization',
      switch_url: expect.stringContaining('/auth/switch-organization?'),
    })
  })

  it('leads a page without a status of its own to the 403 page, which offers the same', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const moved = await browser.page(async (context) => (await context.authorize(guard)).refusal, {
      answers: 'redirects',
    })
    const location = new URL(moved?.headers.get('location') ?? '')
    expect(location.pathname).toBe('/auth/forbidden')
    const page = await browser.route(location.pathname + location.search)
    expect(await readBad(page)).toEqual({ status: 403, code: 'wrong_organization' })
  })

  it('offers nothing where no organization was found', async () => {
    const bench = await createBench()
    const browser = await bench.signedIn(ada)
    const page = await browser.page(
      async (context) => (await context.authorize(() => ({ organizationId: undefined }))).refusal,
    )
    expect(await readBad(page ?? new Response('{}'))).toEqual({ status: 403, code: 'forbidden' })
  })
})
