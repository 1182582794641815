import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, startBuilt } from '../test/emulator.js'
import { authorize, authorizePath, callbackOf, loginPath } from '../test/login.js'
import { type Call, management } from '../test/management.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

let emulator: Emulator
let hooks: WebhookReceiver
let call: Call

beforeAll(async () => {
  hooks = await WebhookReceiver.start()
  emulator = await startBuilt({ webhooks: { url: hooks.url } })
  call = await management(emulator)
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  hooks.reset()
})

const { acme } = organizations
const own = `organizations/${acme}/connections/${connections.acme}`
const errorOf = async (params: Record<string, string>) =>
  callbackOf(await new Browser(emulator.url).get(authorizePath(emulator, params))).searchParams.get('error')
/** The text of the page that an authorization request leads to. */
const pageOf = async (params: Record<string, string>) => {
  const browser = new Browser(emulator.url)
  return (await browser.follow(await browser.get(await loginPath(emulator, browser, params)))).text()
}

describe('connections', () => {
  it('are listed where completed and enabled, by organization and by domain', async () => {
    const ids = async (query: string) =>
      (await call('GET', `connections${query}`)).json.connections.map(({ id }: { id: string }) => id)
    expect(await ids('')).toEqual(Object.values(connections))
    expect(await ids(`?organization_id=${acme}`)).toEqual([connections.acme])
    expect(await ids('?domain=example.org')).toEqual([connections.globex])
    expect(await ids('?domain=nobody.test')).toEqual([])
    await call('PATCH', `${own}:disable`)
    expect(await ids(`?organization_id=${acme}`)).toEqual([])
    expect(await ids(`?organization_id=${acme}&include=all`)).toEqual([connections.acme])
  })

  it('are described', async () => {
    const { json } = await call('GET', `connections?organization_id=${acme}`)
    expect(json.connections[0]).toEqual({
      id: connections.acme,
      organization_id: acme,
      organization_name: 'Acme',
      provider: 'OKTA',
      provider_key: 'okta',
      type: 'OIDC',
      status: 'COMPLETED',
      enabled: true,
      domains: ['example.com'],
      key_id: connections.acme,
    })
    const one = (await call('GET', own)).json.connection
    expect(one).toMatchObject({
      id: connections.acme,
      oidc_config: { client_id: 'scalekit' },
      domains: [{ domain: 'example.com' }],
    })
    expect(JSON.stringify(one)).not.toMatch(/client_secret/)
  })

  it('are of their organization only', async () => {
    for (const path of [
      `organizations/${acme}/connections/${connections.globex}`,
      `organizations/${acme}/connections/conn_9`,
    ]) {
      expect((await call('GET', path)).status).toBe(404)
      expect((await call('PATCH', `${path}:disable`)).status).toBe(404)
      expect((await call('DELETE', path)).status).toBe(404)
    }
    expect((await call('PATCH', `${own}:explode`)).status).toBe(501)
    expect((await call('GET', `${own}:enable`)).status).toBe(404)
  })

  it('are switched, which the login obeys and the app hears of', async () => {
    expect((await call('PATCH', `${own}:disable`)).json).toEqual({ enabled: false })
    expect(await errorOf({ connection_id: connections.acme })).toBe('connection_not_active')
    expect(await pageOf({ domain: 'example.com' })).not.toContain(connections.acme)
    await emulator.control.settings({ product: 'modular-sso' })
    expect(await errorOf({ organization_id: acme })).toBe('no_active_connections')
    await emulator.control.settings({ product: 'full-stack-auth' })
    expect((await call('PATCH', `${own}:enable`)).json).toEqual({ enabled: true })
    expect(await pageOf({ domain: 'example.com' })).toContain(connections.acme)
    expect((await call('PATCH', `${own}:enable`)).json).toEqual({
      enabled: true,
      error_message: 'The connection is already enabled',
    })
    await emulator.control.webhooks.settled()
    expect(hooks.types).toEqual(['organization.sso_disabled', 'organization.sso_enabled'])
    expect(hooks.events.map(({ data }) => data)).toEqual(
      [false, true].map((enabled) => ({
        id: connections.acme,
        organization_id: acme,
        connection_type: 'OIDC',
        provider: 'OKTA',
        enabled,
        status: 'COMPLETED',
      })),
    )
  })

  it('are deleted', async () => {
    expect(await call('DELETE', own)).toMatchObject({ status: 200, json: {} })
    expect(await errorOf({ connection_id: connections.acme })).toBe('invalid_connection_id')
    await emulator.control.webhooks.settled()
    expect(hooks.types).toEqual(['organization.sso_deleted'])
    await emulator.control.settings({ product: 'modular-sso' })
    expect(await errorOf({ organization_id: acme })).toBe('no_configured_connections')
  })

  it('go with their organization', async () => {
    await call('DELETE', `organizations/${acme}`)
    const { json } = await call('GET', 'connections?include=all')
    expect(json.connections).toHaveLength(2)
    const page = await authorize(emulator, new Browser(emulator.url), { login_hint: 'sam@example.com' })
    expect(await page.text()).toContain('Log in to')
  })
})
