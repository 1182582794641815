import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Bench, organizations as known, people, startBench } from '../test/bench.js'
import { organizations } from './organizations.js'

let bench: Bench<readonly [ReturnType<typeof organizations>]>
beforeAll(async () => {
  bench = await startBench([organizations({ rememberFeatures: 0 })], {
    routes(app, auth) {
      app.get('/directory', auth.require(auth.organizations.hasFeature('dir_sync')), (req, res) => {
        res.json(req.auth.user)
      })
    },
  })
})
afterAll(() => bench.stop())

describe('the own organization', () => {
  it('is shown to those who may see its settings, and to nobody else', async () => {
    const max = await bench.call(await bench.signedIn('max'), '/auth/organization')
    expect(max.body.organization).toMatchObject({ id: known.acme, displayName: 'Acme' })
    const gil = await bench.signedIn('gil')
    await bench.upstream()
    expect((await bench.call(gil, '/auth/organization')).status).toBe(403)
    expect(await bench.upstream()).toEqual([])
  })

  it('is renamed by those who may manage it', async () => {
    const ada = await bench.signedIn('ada')
    const rename = (visitor: typeof ada, display_name: string) =>
      bench.call(visitor, '/auth/organization', { method: 'POST', json: { display_name } })
    expect((await rename(ada, '  Acme & <b>Sons</b> ')).body.organization.displayName).toBe('Acme & <b>Sons</b>')
    expect((await rename(await bench.signedIn('max'), 'Mine')).status).toBe(403)
  })

  it.each([
    ['nothing', ' '],
    ['a line break', 'a\nb'],
    ['a character that turns the writing', 'a\u202eb'],
    ['201 characters', 'x'.repeat(201)],
  ])('SEC-333 is not called %s', async (_what, display_name) => {
    const ada = await bench.signedIn('ada')
    const { body } = await bench.call(ada, '/auth/organization', { method: 'POST', json: { display_name } })
    expect(body).toMatchObject({ status: 400, code: 'text_invalid', field: 'display_name' })
  })

  it('shows nothing that is the app’s own', async () => {
    const { organization } = await bench.auth.organizations.onboard({
      displayName: 'Acme',
      externalId: 'acme',
      metadata: { billing: 'canary' },
      features: [],
    })
    expect(organization.id).toBe(known.acme)
    await bench.auth.organizations.all().update(known.acme, { metadata: { billing: 'canary' } })
    const max = await bench.call(await bench.signedIn('max'), '/auth/organization')
    expect(Object.keys(max.body.organization).filter((name) => /metadata|external|settings/i.test(name))).toEqual([])
    const session = { user: { id: people.max }, organizationId: known.acme, permissions: ['sk_org_settings_read'] }
    expect(await bench.auth.organizations.own(session as never)).toMatchObject({ metadata: { billing: 'canary' } })
  })

  it.each([
    ['organization', { display_name: 'Mine' }],
    ['session-policy', { policy_source: 'APPLICATION' }],
  ])('asks Scalekit whether who changes %s still may', async (route, json) => {
    const deaf = await startBench([organizations()], { options: { webhooks: {} } })
    const ada = await deaf.signedIn('ada')
    await deaf.emulator.control.setMember(known.acme, people.ada, ['member'])
    const { body } = await deaf.call(ada, `/auth/${route}`, { method: 'POST', json })
    expect(body).toMatchObject({ status: 403, code: 'forbidden' })
    await deaf.stop()
  })

  it('decides nothing from a session that should have been refreshed', async () => {
    const stale = {
      user: { id: 'usr_x' },
      organizationId: known.acme,
      permissions: ['sk_org_settings_manage'],
      stale: true,
    }
    const { own, rename } = bench.auth.organizations
    for (const call of [own(stale as never), rename(stale as never, 'Mine')])
      await expect(call).rejects.toMatchObject({ code: 'session_stale', status: 401 })
  })

  it('SEC-331 is never another one', async () => {
    const ada = await bench.signedIn('ada')
    await bench.upstream()
    const json = { display_name: 'Taken', organization_id: known.globex }
    expect((await bench.call(ada, '/auth/organization', { method: 'POST', json })).body.code).toBe('wrong_organization')
    expect(await bench.upstream()).toEqual([])
  })
})

describe('the session policy', () => {
  it('is read and changed by those who may', async () => {
    const ada = await bench.signedIn('ada')
    const json = {
      policy_source: 'CUSTOM',
      absolute_session_timeout: '8',
      absolute_session_timeout_unit: 'HOURS',
      idle_session_timeout_enabled: 'true',
      idle_session_timeout: '60',
    }
    const saved = await bench.call(ada, '/auth/session-policy', { method: 'POST', json })
    expect([saved.status, saved.body.policy?.policySource]).toEqual([200, 'CUSTOM'])
    const read = await bench.call(ada, '/auth/session-policy')
    expect(read.body.policy).toMatchObject({ policySource: 'CUSTOM', absoluteSessionTimeout: 480 })
    expect((await bench.call(await bench.signedIn('max'), '/auth/session-policy')).status).toBe(403)
  })

  it.each([
    ['no source', {}, 'policy_source'],
    ['no length', { policy_source: 'CUSTOM' }, 'absolute_session_timeout'],
    ['a fraction', { policy_source: 'CUSTOM', absolute_session_timeout: '1.5' }, 'absolute_session_timeout'],
    [
      'an odd unit',
      { policy_source: 'CUSTOM', absolute_session_timeout: '1', absolute_session_timeout_unit: 'YEARS' },
      'absolute_session_timeout_unit',
    ],
    [
      'an odd switch',
      { policy_source: 'CUSTOM', absolute_session_timeout: '1', idle_session_timeout_enabled: 'yes' },
      'idle_session_timeout_enabled',
    ],
  ])('is refused with %s', async (_what, json, field) => {
    const ada = await bench.signedIn('ada')
    await bench.upstream()
    const { body } = await bench.call(ada, '/auth/session-policy', { method: 'POST', json })
    expect(body).toMatchObject({ status: 400, code: 'policy_invalid', field })
    expect(await bench.upstream()).toEqual([])
  })
})

describe('a feature', () => {
  it('opens a route while it is on', async () => {
    const ada = await bench.signedIn('ada')
    expect((await bench.call(ada, '/directory')).status).toBe(200)
    await bench.emulator.control.setFeatures(known.acme, { dir_sync: false })
    expect((await bench.call(ada, '/directory')).body).toMatchObject({ status: 403, check: 'feature:dir_sync' })
    await bench.emulator.control.setFeatures(known.acme, { dir_sync: true })
  })

  it('that was switched off while it was read is not remembered', async () => {
    const slow = { hold: undefined as Promise<void> | undefined }
    const remembering = await startBench([organizations({ rememberFeatures: 600 })], {
      options: {
        async fetch(input, init) {
          const answer = await fetch(input, init)
          if (input.endsWith(known.acme)) await slow.hold
          return answer
        },
      },
    })
    const { control } = remembering.emulator
    const session = { user: { id: 'usr_x' }, organizationId: known.acme, permissions: [] } as never
    let release = () => {}
    slow.hold = new Promise((resolve) => {
      release = resolve
    })
    const reading = remembering.auth.organizations.features(session)
    await vi.waitFor(async () => expect((await remembering.upstream()).length).toBe(1))
    await control.setFeatures(known.acme, { dir_sync: false })
    await control.webhooks.settled()
    release()
    expect(await reading).toContain('dir_sync')
    expect(await remembering.auth.organizations.features(session)).not.toContain('dir_sync')
    await remembering.stop()
  })

  it('that nobody can ask for now is 503', async () => {
    const ada = await bench.signedIn('ada')
    await bench.emulator.control.addFault({ endpoint: 'api', kind: 'status', status: 500, times: 0 })
    const { status, body } = await bench.call(ada, '/directory')
    await bench.emulator.control.clearFaults()
    expect([status, body.code]).toEqual([503, 'management_unavailable'])
  })
})

describe('onboarding', () => {
  it('makes an organization with its metadata, switches features on and gives a link', async () => {
    const request = {
      displayName: 'Hooli',
      externalId: 'hooli',
      metadata: { plan: 'gold' },
      features: ['sso', 'dir_sync'],
    } as const
    const { organization, portalLink } = await bench.auth.organizations.onboard(request)
    expect(organization).toMatchObject({ displayName: 'Hooli', externalId: 'hooli', metadata: { plan: 'gold' } })
    const on = organization.settings?.features.filter(({ enabled }) => enabled === true).map(({ name }) => name)
    expect(on?.sort()).toEqual(['dir_sync', 'sso'])
    expect(portalLink.location).toMatch(/\/magicLink\//)
    // Broken off and begun again: the same organization.
    const again = await bench.auth.organizations.onboard(request)
    expect(again.organization.id).toBe(organization.id)
    await bench.auth.organizations.all().delete(organization.id)
  })
})

it.each([-1, 3601, Number.NaN])('refuses to remember for %s seconds', (rememberFeatures) => {
  expect(() => organizations({ rememberFeatures })).toThrow(RangeError)
})
