import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { Browser } from '../test/browser.js'
import { connections, organizations, startBuilt } from '../test/emulator.js'
import { callbackOf, claims, exchange, loginPath } from '../test/login.js'
import { type Call, management } from '../test/management.js'
import { scimClient, userBody } from '../test/scim.js'
import { WebhookReceiver } from '../test/webhook-receiver.js'

const { acme, globex } = organizations
let emulator: Emulator
let hooks: WebhookReceiver
let call: Call

beforeAll(async () => {
  hooks = await WebhookReceiver.start()
  emulator = await startBuilt({
    webhooks: { url: hooks.url },
    clients: {
      redirectUris: ['https://app.test/auth/callback', 'http://127.0.0.1:3000/auth/callback'],
    },
  })
  call = await management(emulator)
})
afterAll(() => Promise.all([emulator.stop(), hooks.stop()]))
beforeEach(async () => {
  await emulator.control.reset()
  hooks.reset()
})

const link = async (organizationId: string = acme, query = '') =>
  (await call('PUT', `organizations/${organizationId}/portal_links${query}`)).json.link
const get = (target: string, headers: Record<string, string> = {}) =>
  fetch(new URL(target, emulator.url), { redirect: 'manual', headers })
/** What the script would post when the page has loaded. */
const messagesIn = (html: string) =>
  JSON.parse((/data-messages="([^"]*)"/.exec(html)?.[1] ?? '[]').replaceAll('&quot;', '"'))

/** An admin who has opened a link. */
async function admin(organizationId: string = acme, features?: ('sso' | 'dir_sync' | 'domain_verification')[]) {
  const url = await emulator.control.portal.link({ organizationId, ...(features === undefined ? {} : { features }) })
  const opened = await get(url)
  const base = opened.headers.get('location') ?? ''
  const events = async () => {
    const path = `/_emulator/portal-events/${base.split('/').at(-1)}`
    const response = await fetch(emulator.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    })
    return (await response.json()) as { open: boolean; messages: { event_type: string }[] }
  }
  const submit = async (path: string, fields: Record<string, string> = {}) => {
    const response = await fetch(`${emulator.url}${base}/${path}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams(fields),
    })
    return { status: response.status, html: await response.text(), location: response.headers.get('location') }
  }
  const page = async (path = '') => (await get(`${base}${path}`)).text()
  return { url, base, events, submit, page }
}

/** A connection of an organization that has none yet. */
async function connect({ submit, page }: Awaited<ReturnType<typeof admin>>): Promise<string> {
  expect(await submit('sso/add', { provider: 'MICROSOFT_AD', type: 'OIDC' })).toMatchObject({ status: 303 })
  const { connections: all } = await emulator.control.state()
  const { id } = all.at(-1) ?? { id: '' }
  expect(await page('/sso')).toContain(id)
  return id
}
const oidc = { issuer: 'https://idp.globex.test', client_id: 'abc', client_secret: 'IDP-SECRET' }

describe('a link into the admin portal', () => {
  it('is made by REST and opens once, within a minute', async () => {
    const made = await link(acme, '?features=sso&features=dir_sync')
    expect(made).toEqual({
      id: expect.stringMatching(/^lnk_\d{18}$/),
      location: expect.stringMatching(new RegExp(`^${emulator.url}/magicLink/[0-9a-f-]{36}$`)),
      expire_time: expect.any(String),
    })
    const left = (Date.parse(made.expire_time) - Date.now()) / 1000
    expect(left).toBeGreaterThan(55)
    expect(left).toBeLessThanOrEqual(60)
    expect((await get(made.location)).status).toBe(303)
    const again = await get(made.location)
    expect(again.status).toBe(410)
    expect(messagesIn(await again.text())).toEqual([
      {
        event_type: 'PORTAL_LOAD_FAILURE',
        object: 'session',
        message: expect.any(String),
        data: { error_code: 'SESSION_EXPIRED' },
      },
    ])
    const late = await link()
    await emulator.control.clock({ advance: 60 })
    expect((await get(late.location)).status).toBe(410)
    expect((await get('/magicLink/nothing')).status).toBe(410)
  })

  it('is not used up by whoever looks ahead', async () => {
    const { location } = await link()
    await fetch(location, { method: 'HEAD' })
    expect((await get(location, { 'sec-purpose': 'prefetch' })).status).toBe(204)
    expect((await get(location)).status).toBe(303)
  })

  it('SEC-315 stands in no log, no state and no board', async () => {
    const { url, base, page } = await admin()
    await page('/sso')
    const [token, session] = [url, base].map((address) => address.split('/').at(-1) ?? '')
    const requests = await emulator.control.requests()
    expect(requests.map(({ path }) => path)).toContain('/magicLink/{link}')
    expect(requests.map(({ path }) => path)).toContain('/portal/{session}/sso')
    const board = await (await get('/_emulator')).text()
    const told = JSON.stringify([requests, await emulator.control.state(), board])
    for (const secret of [token, session]) expect(told).not.toContain(secret)
    expect(requests.filter(({ kind }) => kind === 'admin-portal').length).toBeGreaterThan(1)
  })

  it.each([
    ['?features=billing', 400],
    ['?features=sso&features=', 400],
    ['?features=domain_verification', 200],
  ])('%s: %i', async (query, status) => {
    expect((await call('PUT', `organizations/${acme}/portal_links${query}`)).status).toBe(status)
    expect((await call('PUT', `organizations/org_9/portal_links${query}`)).status).toBe(404)
  })

  it('shows what it names, else what is on for the organization', async () => {
    const tabs = async (organizationId: string, features?: ('sso' | 'dir_sync')[]) =>
      [...(await (await admin(organizationId, features)).page()).matchAll(/\/(sso|scim|domains)"[^>]*>/g)].map(
        ([, name]) => name,
      )
    expect(await tabs(acme)).toEqual(['sso', 'scim', 'domains'])
    expect(await tabs(acme, ['dir_sync'])).toEqual(['scim', 'domains'])
    expect(await tabs(globex)).toEqual(['sso'])
    expect(await tabs(globex, ['dir_sync'])).toEqual(['scim'])
    const desk = await admin(globex, ['dir_sync'])
    expect((await get(`${desk.base}/sso`)).status).toBe(404)
    expect((await desk.submit('sso/add', { provider: 'OKTA', type: 'OIDC' })).status).toBe(200)
    expect((await emulator.control.state()).connections).toHaveLength(3)
  })
})

describe('the portal', () => {
  it('SEC-320 may be framed by the apps of the environment only, and tells nobody its address', async () => {
    const { url, base } = await admin()
    for (const path of [url, base, `${base}/sso`, '/magicLink/nothing']) {
      const { headers } = await get(path)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/frame-ancestors https:\/\/app\.test http:\/\/127\.0\.0\.1:3000 http/)
      expect(policy).not.toContain('*')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('set-cookie')).toBeNull()
    }
    const html = await (await get(base)).text()
    expect(html).toContain('data-origins="[&quot;https://app.test&quot;,&quot;http://127.0.0.1:3000&quot;')
  })

  it('lasts six hours, warns five minutes before, and says when it is over', async () => {
    const { base, events, page, submit } = await admin()
    expect(messagesIn(await page())).toMatchObject([
      {
        event_type: 'PORTAL_LOAD_SUCCESS',
        object: 'session',
        organization_id: acme,
        data: { expiry: expect.any(String) },
      },
    ])
    expect(await events()).toEqual({ open: true, messages: [] })
    await emulator.control.clock({ advance: 6 * 3600 - 330 })
    expect(await events()).toEqual({ open: true, messages: [] })
    await emulator.control.clock({ advance: 40 })
    expect(await events()).toMatchObject({ open: true, messages: [{ event_type: 'PORTAL_SESSION_WARNING' }] })
    expect(await events()).toEqual({ open: true, messages: [] })
    await emulator.control.clock({ advance: 300 })
    expect(await events()).toMatchObject({ open: false, messages: [{ event_type: 'PORTAL_SESSION_EXPIRY' }] })
    expect(messagesIn(await page())).toMatchObject([{ event_type: 'PORTAL_LOAD_FAILURE' }])
    expect((await submit('sso/add', { provider: 'OKTA', type: 'OIDC' })).status).toBe(410)
    expect((await get(base)).status).toBe(410)
    expect((await emulator.control.state()).connections).toHaveLength(3)
  })

  it('is ended by the control API, at once or soon', async () => {
    const { events } = await admin()
    const [session] = (await emulator.control.state()).portalSessions
    await emulator.control.portal.expire(session?.id ?? '', 200)
    expect(await events()).toMatchObject({ open: true, messages: [{}, { event_type: 'PORTAL_SESSION_WARNING' }] })
    await emulator.control.portal.expire(session?.id ?? '')
    expect(await events()).toMatchObject({ open: false, messages: [{ event_type: 'PORTAL_SESSION_EXPIRY' }] })
    await expect(emulator.control.portal.expire('pls_9')).rejects.toMatchObject({ status: 404 })
  })

  it('speaks the older form where that is set', async () => {
    await emulator.control.settings({ portalEvents: 'type' })
    const { events, submit } = await admin()
    const path = `sso/${connections.acme}`
    await submit(`${path}/disable`)
    await submit(`${path}/enable`)
    expect((await events()).messages).toEqual([{ type: 'SSO_CONFIGURED' }])
    await emulator.control.clock({ advance: 6 * 3600 })
    expect((await events()).messages).toEqual([{ type: 'SESSION_EXPIRED' }])
  })

  it('escapes what is in it', async () => {
    await call('PATCH', `organizations/${acme}`, { display_name: '<img src=x onerror=alert(1)>' })
    const { page } = await admin()
    expect(await page()).not.toContain('<img')
  })
})

describe('single sign-on in the portal', () => {
  it('is chosen, filled, tested and enabled, and then the login uses it', async () => {
    const desk = await admin(globex, ['sso'])
    await desk.page()
    const id = await connect(desk)
    const login = async () => {
      const browser = new Browser(emulator.url)
      const path = await loginPath(emulator, browser, { login_hint: 'new@example.org' })
      return { browser, path, html: await (await browser.get(path)).text() }
    }
    expect((await login()).html).toContain(connections.globex)
    expect((await desk.submit(`sso/${id}/enable`)).html).toContain('not configured')
    expect((await desk.submit(`sso/${id}/test`, { answer: 'success' })).html).toContain('Save the configuration')
    expect((await desk.submit(`sso/${id}/configure`, { ...oidc, issuer: 'nothing' })).status).toBe(400)
    expect((await desk.submit(`sso/${id}/configure`, oidc)).html).toContain('is saved')
    expect((await desk.submit(`sso/${id}/test`, { answer: 'failure' })).html).toContain('refused')
    expect((await desk.submit(`sso/${id}/enable`)).status).toBe(400)
    expect((await desk.submit(`sso/${id}/test`, { answer: 'success' })).html).toContain('went through')
    expect(await desk.events()).toEqual({ open: true, messages: [] })
    expect((await desk.submit(`sso/${id}/enable`)).location).toBe(`${desk.base}/sso`)
    expect((await desk.events()).messages).toEqual([
      {
        event_type: 'ORGANIZATION_SSO_ENABLED',
        object: 'connection',
        organization_id: globex,
        message: expect.any(String),
        data: { connection_type: 'SSO', id, type: 'OIDC', provider: 'MICROSOFT_AD', enabled: true },
      },
    ])
    const { browser, path, html } = await login()
    expect(html).toContain(id)
    const vouched = await browser.post(`${path}/sso`, { email: 'new@example.org', outcome: 'success' })
    const tokens = await exchange(emulator, callbackOf(await browser.follow(vouched)))
    expect(claims(tokens.id_token)).toMatchObject({ oid: globex, amr: [id] })
    await emulator.control.webhooks.settled()
    expect(hooks.types.slice(0, 2)).toEqual(['organization.sso_created', 'organization.sso_enabled'])
    const { json } = await call('GET', `organizations/${globex}/connections/${id}`)
    expect(json.connection).toMatchObject({
      provider: 'MICROSOFT_AD',
      oidc_config: { issuer: oidc.issuer, client_id: 'abc' },
    })
    expect(JSON.stringify([json, await desk.page('/sso')])).not.toContain('IDP-SECRET')
    await desk.submit(`sso/${id}/disable`)
    expect((await login()).html).toContain(connections.globex)
    await desk.submit(`sso/${id}/delete`)
    expect((await emulator.control.state()).connections).toHaveLength(3)
  })

  it('takes SAML metadata', async () => {
    const desk = await admin(globex)
    await desk.submit('sso/add', { provider: 'ADFS', type: 'SAML' })
    const id = (await emulator.control.state()).connections.at(-1)?.id
    expect((await desk.submit(`sso/${id}/configure`, { metadata_url: 'ftp://x' })).status).toBe(400)
    await desk.submit(`sso/${id}/configure`, { metadata_url: 'https://idp.test/metadata' })
    await desk.submit(`sso/${id}/test`, { answer: 'success' })
    expect((await emulator.control.state()).connections.at(-1)).toMatchObject({
      type: 'SAML',
      status: 'COMPLETED',
      enabled: false,
    })
  })

  it('reaches no other organization', async () => {
    const desk = await admin(globex)
    for (const action of ['disable', 'delete', 'configure', 'test']) {
      expect((await desk.submit(`sso/${connections.acme}/${action}`, oidc)).status).toBe(400)
    }
    expect((await emulator.control.state()).connections[0]).toMatchObject({ id: connections.acme, enabled: true })
    expect((await desk.submit('sso/add', { provider: 'NOBODY', type: 'OIDC' })).status).toBe(400)
    expect((await desk.submit('sso/explode')).status).toBe(400)
  })
})

describe('directory sync in the portal', () => {
  it('makes a directory, shows its secret once, and enables it', async () => {
    const desk = await admin()
    await desk.page()
    const made = await desk.submit('scim/add', { provider: 'OKTA' })
    const secret = /id="dir_\d+-secret"[^>]*value="([^"]+)"/.exec(made.html)?.[1] ?? 'none'
    const [directory] = (await emulator.control.state()).directories
    const scim = scimClient({ endpoint: directory?.endpoint ?? '', secret })
    expect(made.html).toContain(directory?.endpoint)
    expect(await desk.page('/scim')).not.toContain(secret)
    expect((await desk.submit('scim/add', { provider: 'OKTA' })).html).toContain('already')
    expect((await scim('GET', '/Users')).status).toBe(403)
    await desk.submit(`scim/${directory?.id}/enable`)
    expect((await desk.events()).messages).toMatchObject([
      {
        event_type: 'ORGANIZATION_DIRECTORY_ENABLED',
        data: { directory_type: 'SCIM', id: directory?.id, enabled: true },
      },
    ])
    const { json } = await scim('POST', '/Users', userBody('babs@example.com'))
    const group = (await scim('POST', '/Groups', { displayName: 'Leads', members: [{ value: json.id }] })).json
    const html = await desk.page('/scim')
    expect(html).toContain('babs@example.com')
    expect(html).toContain('Leads (1)')
    await desk.submit(`scim/${directory?.id}/roles`, { [group.id]: 'admin' })
    const state = await emulator.control.state()
    expect(state.users.at(-1)).toMatchObject({ email: 'babs@example.com', memberships: [{ roles: ['admin'] }] })
    const another = await desk.submit(`scim/${directory?.id}/secret`)
    const second = /id="dir_\d+-secret"[^>]*value="([^"]+)"/.exec(another.html)?.[1] ?? 'none'
    expect((await scimClient({ endpoint: directory?.endpoint ?? '', secret: second })('GET', '/Users')).status).toBe(
      200,
    )
    await desk.submit(`scim/${directory?.id}/disable`)
    expect((await desk.events()).messages).toMatchObject([{ event_type: 'ORGANIZATION_DIRECTORY_DISABLED' }])
    await desk.submit(`scim/${directory?.id}/delete`)
    expect((await emulator.control.state()).directories).toEqual([])
  })
})

describe('domains in the portal', () => {
  it('are pending until DNS has their record', async () => {
    const desk = await admin()
    await desk.submit('domains/add', { domain: 'acme-corp.test' })
    const domain = (await emulator.control.state()).domains.at(-1)
    expect(domain).toMatchObject({ name: 'acme-corp.test', status: 'PENDING', method: 'DNS' })
    expect(await desk.page('/domains')).toContain(`${domain?.txtRecord.key}=${domain?.txtRecord.secret}`)
    const seesSso = async () => {
      const browser = new Browser(emulator.url)
      const path = await loginPath(emulator, browser, { login_hint: 'new@acme-corp.test' })
      return (await (await browser.get(path)).text()).includes(connections.acme)
    }
    expect(await seesSso()).toBe(false)
    expect((await desk.submit(`domains/${domain?.id}/verify`, { dns: 'missing' })).html).toContain('up to 48 hours')
    expect((await desk.submit(`domains/${domain?.id}/verify`, { dns: 'published' })).status).toBe(303)
    expect(await seesSso()).toBe(true)
    await desk.submit(`domains/${domain?.id}/delete`)
    expect(await seesSso()).toBe(false)
    await emulator.control.webhooks.settled()
    expect(hooks.types).toEqual([
      'organization.domain_created',
      'organization.domain_dns_verification_success',
      'organization.domain_deleted',
    ])
    for (const name of ['gmail.com', 'example.org', 'x']) {
      expect((await desk.submit('domains/add', { domain: name })).status).toBe(400)
    }
  })

  it('fail after 48 hours, or when the first to verify was somebody else', async () => {
    await emulator.control.setFeatures(globex, { domain_verification: true })
    const [one, two] = [await admin(acme), await admin(globex)]
    await one.submit('domains/add', { domain: 'contested.test' })
    await two.submit('domains/add', { domain: 'contested.test' })
    const pending = (await emulator.control.state()).domains.slice(-2)
    await two.submit(`domains/${pending[1]?.id}/verify`, { dns: 'published' })
    expect((await one.submit(`domains/${pending[0]?.id}/verify`, { dns: 'published' })).status).toBe(400)
    await emulator.control.clock({ advance: 48 * 3600 })
    expect((await emulator.control.state()).domains.slice(-2).map(({ status }) => status)).toEqual([
      'FAILED',
      'VERIFIED',
    ])
    await emulator.control.webhooks.settled()
    expect(hooks.types.at(-1)).toBe('organization.domain_dns_verification_failed')
  })

  it('are verified and failed by the control API', async () => {
    const id = await emulator.control.domains.add({ organizationId: acme, domain: 'b.test', by: 'DNS' })
    await emulator.control.domains.verify(id)
    await expect(emulator.control.domains.verify(id)).rejects.toMatchObject({ status: 400 })
    const other = await emulator.control.domains.add({ organizationId: acme, domain: 'c.test', by: 'DNS' })
    await emulator.control.domains.fail(other)
    const { domains } = await emulator.control.state()
    expect(domains.slice(-2).map(({ status }) => status)).toEqual(['VERIFIED', 'FAILED'])
    await expect(emulator.control.domains.add({ organizationId: acme, domain: 'gmail.com' })).rejects.toMatchObject({
      status: 400,
    })
  })
})
