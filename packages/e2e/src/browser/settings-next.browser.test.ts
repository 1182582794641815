import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium, visit } from '../support/chromium.js'
import { type Example, startExample } from '../support/example.js'
import { organizations } from '../support/journey.js'
import { hasPostgres, startPostgres } from '../support/postgres.js'
import { rowOf, settingsJourney } from './settings-journey.js'

let browser: Browser
const running: Example[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())
afterEach(async () => {
  for (const example of running.splice(0)) await example.stop()
})

/** The example as `next start` runs it, with more in its environment. */
async function start(env: Readonly<Record<string, string>> = {}) {
  Object.assign(process.env, env)
  try {
    const example = await startExample('next')
    running.push(example)
    return { example, ...settingsJourney(browser, example) }
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
  }
}

/** An event about somebody of Acme's directory. */
function tell(example: Example, what: 'created' | 'updated' | 'deleted', person: object, seconds = 0) {
  return example.control.webhooks.send({
    type: `organization.directory.user_${what}`,
    organizationId: organizations.acme,
    occurredAt: Math.floor(Date.now() / 1000) + seconds,
    data: { organization_id: organizations.acme, ...person },
  })
}

const max = { id: 'diruser_1', email: 'max@acme.test' }

describe('the users of the Next example', () => {
  it('are those who log in, until the directory removes them: then they are out, and stay out', async () => {
    const { example, enter, at } = await start()
    const maxsTab = await enter('Max Member', '/projects')
    const ada = await enter('Ada Admin', '/members')
    await rowOf(ada.page, max.email).getByText('Max Member').waitFor()
    await tell(example, 'updated', { ...max, given_name: 'Maximilian', family_name: 'Member', active: true })
    await ada.page.reload()
    await rowOf(ada.page, max.email).getByText('Maximilian Member').waitFor()
    expect(await rowOf(ada.page, max.email).count()).toBe(1)

    await tell(example, 'deleted', max)
    await ada.page.reload()
    await rowOf(ada.page, 'ada@acme.test').waitFor()
    expect(await rowOf(ada.page, max.email).count()).toBe(0)
    // Scalekit still knows the person. In the very second of the removal it is the kit that refuses, and then the table.
    const answer = async () => {
      await maxsTab.page.goto(at('/projects'))
      return maxsTab.page.getByRole('main').textContent()
    }
    await expect.poll(answer, { interval: 500, timeout: 10_000 }).toContain('This account may not use this app.')
    await Promise.all([ada.close(), maxsTab.close()])
  })

  it('outlive the app in a directory of PGlite, and a late event reopens nobody', async () => {
    const PGLITE_DIRECTORY = join(mkdtempSync(join(tmpdir(), 'pglite-')), 'users')
    const before = await start({ PGLITE_DIRECTORY })
    await (await before.enter('Gil Guest', '/projects')).close()
    await (await before.enter('Max Member', '/projects')).close()
    await tell(before.example, 'deleted', max)
    await running.pop()?.stop()

    const after = await start({ PGLITE_DIRECTORY })
    await tell(after.example, 'created', { ...max, active: true }, -60)
    const ada = await after.enter('Ada Admin', '/members')
    expect(await namesOn(ada.page)).toEqual(['Ada Admin', 'Gil Guest'])
    await ada.close()
    rmSync(PGLITE_DIRECTORY, { recursive: true })
  })

  it.runIf(hasPostgres())('are seen by every process that has the same DATABASE_URL', async () => {
    const postgres = await startPostgres()
    try {
      const DATABASE_URL = postgres.url
      const one = await start({ DATABASE_URL })
      const other = await start({ DATABASE_URL })
      await (await one.enter('Max Member', '/projects')).close()
      const ada = await other.enter('Ada Admin', '/members')
      expect(await namesOn(ada.page)).toEqual(['Ada Admin', 'Max Member'])
      await tell(one.example, 'deleted', max)
      await ada.page.reload()
      expect(await namesOn(ada.page)).toEqual(['Ada Admin'])
      await ada.close()
    } finally {
      for (const example of running.splice(0)) await example.stop()
      await postgres.stop()
    }
  })
})

describe('the plugins of the Next example', () => {
  it('work in a page, a route handler, a server action and the proxy', async () => {
    const { example, enter, at } = await start()
    const { page, close } = await enter('Ada Admin', '/settings/organization')
    await page.getByRole('definition').getByText('Acme', { exact: true }).waitFor()

    const listed = await page.request.get(at('/auth/members'))
    expect((await listed.json()).members).toContainEqual(expect.objectContaining({ email: 'max@acme.test' }))

    await page.goto(at('/settings/members'))
    await page.getByLabel('Invite').fill('zoe@newcomer.test')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await rowOf(page, 'zoe@newcomer.test').waitFor()

    const policyOf = async (path: string) => (await page.request.get(at(path))).headers()['content-security-policy']
    expect(await policyOf('/settings/portal')).toContain(`frame-src 'self' ${example.provider}`)
    expect(await policyOf('/settings/members')).not.toContain(example.provider)
    await close()
  })

  it('bring no database into the program of the proxy', () => {
    const trace = fileURLToPath(
      new URL('../../../../examples/next/.next/server/middleware.js.nft.json', import.meta.url),
    )
    const { files }: { files: readonly string[] } = JSON.parse(readFileSync(trace, 'utf8'))
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter((file) => /pglite|drizzle-orm|\/pg@/.test(file))).toEqual([])
  })

  it('manage members without scripts, and say what is refused', async () => {
    const { example, at } = await start()
    const visitor = await visit(browser, { javaScriptEnabled: false })
    const { page } = visitor
    await page.goto(at('/settings/members'))
    await page.getByRole('button', { name: 'Ada Admin' }).click()
    const invite = async (email: string) => {
      await page.getByLabel('Invite').fill(email)
      await page.getByRole('button', { name: 'Send invitation' }).click()
    }
    await invite('zoe@newcomer.test')
    await rowOf(page, 'zoe@newcomer.test').getByText('invited', { exact: true }).waitFor()
    await page.getByLabel('Change zoe@newcomer.test').click()
    await page.getByRole('button', { name: 'Send again' }).click()
    const [mail] = (await example.control.state()).invitations.filter(({ email }) => email === 'zoe@newcomer.test')
    expect(mail?.resentCount).toBe(1)

    await page.getByLabel('Change Gil Guest').click()
    const gil = rowOf(page, 'gil@acme.test')
    await gil.getByLabel('Guest', { exact: true }).uncheck()
    await gil.getByRole('button', { name: 'Save roles' }).click()
    await page.getByRole('status').getByText('A member has a role.').waitFor()
    await gil.getByLabel('Guest', { exact: true }).uncheck()
    await gil.getByLabel('Member', { exact: true }).check()
    await gil.getByRole('button', { name: 'Save roles' }).click()
    await gil.locator('.soft').getByText('Member', { exact: true }).waitFor()

    await page.getByLabel('Change Gil Guest').click()
    await gil.getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => gil.count()).toBe(0)
    expect(visitor.takeComplaints()).toEqual([])
    await visitor.close()
  })
})

function namesOn(page: Page): Promise<readonly string[]> {
  return page.getByRole('main').locator('li > b').allTextContents()
}
