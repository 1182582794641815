import { setTimeout as sleep } from 'node:timers/promises'
import { Browser } from '@scalegate/testing/audits'
import { beforeAll, describe, expect, it } from 'vitest'
import { logIn, organizations, people } from '../support/journey.js'
import { codeOf } from '../support/refusals.js'
import { Document } from './document.js'
import { usePage } from './running-page.js'

const page = new Document('docs/how-to/users-table.md')
const { acme: organizationId } = organizations

/** What somebody sees who runs the program of the page and does what its last section says. */
describe.each(['express', 'hono'] as const)('users-table.md with %s', (framework) => {
  const app = usePage(page, framework)
  const ada = new Browser()
  const listed = async () => {
    const rows: { email: string }[] = JSON.parse((await ada.navigate(`${app().origin}/people`)).text)
    return rows.map(({ email }) => email)
  }
  const tell = (what: 'updated' | 'deleted', id: string, occurredAt: number) =>
    app().emulator.control.webhooks.send({
      type: `organization.directory.user_${what}`,
      organizationId,
      occurredAt,
      data: { id, organization_id: organizationId, email: 'Max@acme.test', active: true },
    })
  const now = Math.floor(Date.now() / 1000)
  /** A login of the very second in which somebody left is refused by the kit. */
  const aSecondLater = () => sleep(1100)

  beforeAll(() => app().emulator.control.webhooks.register({ url: `${app().origin}/auth/webhooks` }))

  it('lists who has logged in, until the directory removes them, and then lets them in no more', async () => {
    await logIn(ada, app())
    const max = new Browser()
    expect((await logIn(max, app(), { user: people.max })).status).toBe(303)
    expect(await listed()).toEqual(['ada@acme.test', 'max@acme.test'])
    await tell('deleted', 'diruser_1', now - 10)
    expect(await listed()).toEqual(['ada@acme.test'])
    await aSecondLater()
    const again = await logIn(new Browser(), app(), { user: people.max })
    expect([again.status, codeOf(again)]).toEqual([403, 'login_denied'])
  })

  it('lets in whom the directory has again, and is not confused by a late event', async () => {
    await tell('updated', 'diruser_2', now - 5)
    await tell('deleted', 'diruser_1', now - 8)
    await aSecondLater()
    expect((await logIn(new Browser(), app(), { user: people.max })).status).toBe(303)
    expect(await listed()).toEqual(['ada@acme.test', 'max@acme.test'])
  })
})

it('users-table.md has one table for Express and Hono', () => {
  expect(page.file('hono/users.mjs')).toBe(page.file('express/users.mjs'))
})
