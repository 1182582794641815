import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, people, startBuilt } from '../test/emulator.js'
import { authorize, authorizePath, callbackOf, claims, exchange, loginPath, session } from '../test/login.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const { acme, initech } = organizations
const switching = { prompt: 'select_account', organization_id: initech }
const inAcme = { user: people.ivy, organization: acme }
const ivy = { email: 'ivy@acme.test', outcome: 'success' }

/** Answers the SSO simulator. */
async function answer(browser: Browser, path: string, fields = ivy): Promise<URL> {
  return callbackOf(await browser.follow(await browser.post(`${path}/sso`, fields)))
}

/** Answers the SSO simulator and exchanges the code. */
async function vouch(browser: Browser, path: string) {
  const tokens = await exchange(emulator, await answer(browser, path))
  return { id: claims(tokens.id_token), access: claims(tokens.access_token) }
}

describe('an organization that requires SSO', () => {
  it('wants a new authentication for the switch, and keeps the session', async () => {
    const first = await session(emulator, inAcme)
    await emulator.control.clock({ advance: 60 })
    const path = await loginPath(emulator, first.browser, switching)
    const html = await (await first.browser.get(path)).text()
    expect(html).toContain(connections.initech)
    expect(html).toContain('value="ivy@acme.test"')
    const { id, access } = await vouch(first.browser, path)
    expect(id).toMatchObject({ oid: initech, sid: first.id.sid })
    expect(id.amr).toContain(connections.initech)
    expect(Number(id.auth_time) - Number(first.id.auth_time)).toBeGreaterThanOrEqual(60)
    expect(access.roles).toEqual(['admin'])
  })

  it('takes the switch without a page once its SSO has been used in the session', async () => {
    const { browser } = await session(emulator, inAcme)
    await vouch(browser, await loginPath(emulator, browser, switching))
    const back = await authorize(emulator, browser, { ...switching, organization_id: acme })
    expect(claims((await exchange(emulator, callbackOf(back))).id_token).oid).toBe(acme)
    const again = await browser.get(authorizePath(emulator, switching))
    expect(claims((await exchange(emulator, callbackOf(again))).id_token).oid).toBe(initech)
  })

  it('answers prompt=none with login_required', async () => {
    const { browser } = await session(emulator, inAcme)
    const silent = await browser.get(authorizePath(emulator, { prompt: 'none', organization_id: initech }))
    expect(callbackOf(silent).searchParams.get('error')).toBe('login_required')
  })

  it('wants it from whoever chooses the organization in the picker', async () => {
    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser)
    await browser.post(path, { user: people.ivy })
    const chosen = await browser.post(`${path}/organization`, { organization: initech })
    expect(chosen.headers.get('location')).toBe(`${path}/sso`)
    expect((await vouch(browser, path)).id).toMatchObject({ oid: initech, amr: [connections.initech] })
  })

  it('does not take another person, whose address only the session of that person proves', async () => {
    const { browser } = await session(emulator, inAcme)
    const path = await loginPath(emulator, browser, switching)
    const other = await answer(browser, path, { ...ivy, email: 'ada@acme.test' })
    expect(other.searchParams.get('error')).toBe('invalid_user_domain')
    const stranger = new Browser(emulator.url)
    const unproven = await answer(stranger, await loginPath(emulator, stranger, switching))
    expect(unproven.searchParams.get('error')).toBe('invalid_user_domain')
  })

  it('is switched on and off by the control API', async () => {
    await emulator.control.setSsoRequired(initech, false)
    const { browser } = await session(emulator, inAcme)
    const free = await browser.get(authorizePath(emulator, switching))
    expect(callbackOf(free).searchParams.has('code')).toBe(true)
    await emulator.control.setSsoRequired(acme, true)
    const { organizations: known } = await emulator.control.state()
    expect(known.map(({ ssoRequired }) => ssoRequired)).toEqual([true, false, false])
    const strict = await authorize(emulator, browser, { ...switching, organization_id: acme })
    expect(await strict.text()).toContain(connections.acme)
    await expect(emulator.control.setSsoRequired('org_9', true)).rejects.toMatchObject({ status: 404 })
  })
})

describe('foreignOrganization: other', () => {
  beforeEach(async () => void (await emulator.control.settings({ foreignOrganization: 'other' })))
  const foreign = { prompt: 'select_account', organization_id: organizations.globex }

  it('signs in to an organization of the person, with and without a session', async () => {
    const first = await session(emulator, { user: people.ada, params: foreign })
    expect(first.access.oid).toBe(acme)
    const again = callbackOf(await first.browser.get(authorizePath(emulator, foreign)))
    expect(claims((await exchange(emulator, again)).access_token).oid).toBe(acme)
  })

  it('refuses somebody who has none', async () => {
    await emulator.control.removeMember(acme, people.ada)
    const browser = new Browser(emulator.url)
    const path = await loginPath(emulator, browser, foreign)
    const refused = callbackOf(await browser.follow(await browser.post(path, { user: people.ada })))
    expect(refused.searchParams.get('error')).toBe('access_denied')
  })
})
