import { Browser } from '@scalegate/testing/audits'
import { describe, expect, it } from 'vitest'
import { logIn, organizations, people } from '../support/journey.js'
import { Document } from './document.js'
import { usePage } from './running-page.js'

const page = new Document('docs/how-to/organizations.md')

/** Starts the app of the section, which its reader starts as they please. */
const starts = {
  express: "import { app } from './back-office.mjs'\napp.listen(3000)",
  hono: "import { serve } from '@hono/node-server'\nimport { app } from './back-office.mjs'\nserve({ fetch: app.fetch, port: 3000 })",
}

describe.each(['express', 'hono'] as const)('organizations.md › A back office, with %s', (framework) => {
  const app = usePage(page, framework, {
    program: starts[framework],
    env: async () => ({ STAFF_ORGANIZATION: organizations.globex }),
  })

  const enter = async (who: { user: string; organization: string }) => {
    const browser = new Browser()
    await logIn(browser, app(), who)
    const address = `${app().origin}/staff/customers`
    const post = (form: Record<string, string>) => browser.navigate(address, { form, from: address })
    return { list: () => browser.navigate(address), post }
  }

  it('lists the customers, sets one up, and says when an id is taken', async () => {
    const { list, post } = await enter({ user: people.bea, organization: organizations.globex })
    expect(JSON.parse((await list()).text).customers).toContainEqual({ displayName: 'Acme', externalId: 'acme' })
    const made = await post({ name: 'Hooli', external_id: 'hooli' })
    expect([made.status, made.text]).toEqual([200, expect.stringContaining('/magicLink/')])
    expect(made.headers.get('cache-control')).toContain('no-store')
    const taken = await post({ name: 'Hooli', external_id: 'acme' })
    expect([taken.status, taken.text]).toEqual([409, 'This id is taken.'])
  })

  it('refuses the admin of a customer without a call to Scalekit', async () => {
    const { list, post } = await enter({ user: people.ada, organization: organizations.acme })
    await app().emulator.control.clearRequests()
    expect([(await list()).status, (await post({ name: 'Mine', external_id: 'mine' })).status]).toEqual([403, 403])
    expect((await app().emulator.control.requests()).filter(({ kind }) => kind === 'api')).toEqual([])
  })
})
