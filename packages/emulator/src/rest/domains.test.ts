import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, startBuilt } from '../test/emulator.js'
import { callbackOf, claims, exchange, loginPath } from '../test/login.js'
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

const { acme, globex } = organizations
const path = `organizations/${acme}/domains`
const add = (domain: string, domain_type = 'ORGANIZATION_DOMAIN', at = path) =>
  call('POST', at, { domain, domain_type })

describe('domains', () => {
  it('count at once where the API adds them, and send their people to the connection', async () => {
    const { status, json } = await add('Acme-Corp.test')
    expect(status).toBe(200)
    expect(json.domain).toEqual({
      id: expect.stringMatching(/^dom_\d{18}$/),
      domain: 'acme-corp.test',
      domain_type: 'ORGANIZATION_DOMAIN',
      organization_id: acme,
      environment_id: 'env_101000000000000001',
      verification_status: 'VERIFIED',
      verification_method: 'ADMIN',
      txt_record_key: `acme-corp-test-verify-${json.domain.id}`,
      txt_record_secret: expect.stringMatching(/^[0-9a-f-]{36}$/),
      create_time: expect.any(String),
      update_time: expect.any(String),
    })
    const browser = new Browser(emulator.url)
    const login = await loginPath(emulator, browser, { login_hint: 'new@acme-corp.test' })
    expect(await (await browser.get(login)).text()).toContain(connections.acme)
    const fields = { email: 'new@acme-corp.test', outcome: 'success' }
    const back = callbackOf(await browser.follow(await browser.post(`${login}/sso`, fields)))
    const tokens = await exchange(emulator, back)
    expect(claims(tokens.id_token)).toMatchObject({ oid: acme, amr: [connections.acme] })
  })

  it('allow e-mail domains without a proof, which no connection follows', async () => {
    const { json } = await add('friends.test', 'ALLOWED_EMAIL_DOMAIN')
    expect(json.domain).toMatchObject({ verification_status: 'AUTO_VERIFIED', verification_method: 'NOT_APPLICABLE' })
    const browser = new Browser(emulator.url)
    const login = await loginPath(emulator, browser, { login_hint: 'pal@friends.test' })
    expect(await (await browser.get(login)).text()).toContain('Log in to')
  })

  it.each(['gmail.com', 'Outlook.com', 'mailinator.com', 'localhost', 'a b.test', '-a.test', 'https://a.test', ''])(
    '400 for %o',
    async (domain) => {
      const { status, json } = await add(domain)
      expect(status).toBe(400)
      expect(json.details[0].validation_error_info.field_violations[0].field).toBe('domain.domain')
    },
  )

  it('409 for a domain that somebody owns, 400 for another type', async () => {
    expect((await add('example.com')).status).toBe(409)
    expect((await add('example.com', 'ORGANIZATION_DOMAIN', `organizations/${globex}/domains`)).status).toBe(409)
    expect((await add('example.com', 'ALLOWED_EMAIL_DOMAIN', `organizations/${globex}/domains`)).status).toBe(200)
    expect((await add('x.test', 'OTHER')).status).toBe(400)
    expect((await add('x.test', 'ORGANIZATION_DOMAIN', 'organizations/org_9/domains')).status).toBe(404)
  })

  it('are listed by page size and page number', async () => {
    for (const name of ['b.test', 'c.test', 'd.test']) await add(name)
    const names = async (query: string) => {
      const { json } = await call('GET', `${path}?${query}`)
      return [json.page_number, json.page_size, ...json.domains.map(({ domain }: { domain: string }) => domain)]
    }
    expect(await names('')).toEqual([0, 30, 'example.com', 'b.test', 'c.test', 'd.test'])
    expect(await names('page_size=3')).toEqual([0, 3, 'example.com', 'b.test', 'c.test'])
    expect(await names('page_size=3&page_number=1')).toEqual([1, 3, 'd.test'])
    expect(await names('page_number=9')).toEqual([9, 30])
    await add('e.test', 'ALLOWED_EMAIL_DOMAIN')
    expect(await names('domain_type=ALLOWED_EMAIL_DOMAIN')).toEqual([0, 30, 'e.test'])
    for (const query of ['page_size=101', 'page_size=-1', 'page_number=x', 'domain_type=OTHER']) {
      expect((await call('GET', `${path}?${query}`)).status).toBe(400)
    }
  })

  it('tell their TXT record where it is asked for', async () => {
    const { id } = (await add('b.test')).json.domain
    expect((await call('GET', `${path}/${id}`)).json.domain).not.toHaveProperty('txt_record_secret')
    const { domain } = (await call('GET', `${path}/${id}?include=verification_details`)).json
    expect(domain).toHaveProperty('txt_record_secret')
  })

  it('are deleted, and their people find the ordinary login', async () => {
    const { id } = (await add('b.test')).json.domain
    expect((await call('DELETE', `organizations/${globex}/domains/${id}`)).status).toBe(404)
    expect((await call('DELETE', `${path}/${id}`)).json).toEqual({})
    expect((await call('GET', `${path}/${id}`)).status).toBe(404)
    const browser = new Browser(emulator.url)
    const login = await loginPath(emulator, browser, { login_hint: 'new@b.test' })
    expect(await (await browser.get(login)).text()).toContain('Log in to')
    await emulator.control.webhooks.settled()
    expect(hooks.types).toEqual(['organization.domain_created', 'organization.domain_deleted'])
    expect(hooks.events[0]?.data).toMatchObject({ id, domain: 'b.test', verification_status: 'VERIFIED' })
  })
})
