import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, startBuilt } from '../test/emulator.js'
import { officialSdk, thrown } from '../test/grpc.js'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const client = () => officialSdk(emulator).organization
const notFound = ['ScalekitNotFoundException', 'NOT_FOUND', 404]

describe("organizations by Scalekit's own SDK", () => {
  it('creates, gets by either id, updates by either id, and deletes', async () => {
    const sdk = client()
    const options = { externalId: 'hooli', slug: 'hooli', logoUrl: 'https://hooli.test/logo.png' }
    const { organization } = await sdk.createOrganization('Hooli', options)
    const id = organization?.id ?? ''
    expect(organization).toMatchObject({ id: expect.stringMatching(/^org_\d+$/), displayName: 'Hooli', ...options })
    expect((await sdk.getOrganization(id)).organization).toEqual(organization)
    expect((await sdk.getOrganizationByExternalId('hooli')).organization).toEqual(organization)

    const changed = await sdk.updateOrganization(id, { displayName: 'Hooli XYZ', metadata: { plan: 'pro' } })
    expect(changed.organization).toMatchObject({ id, displayName: 'Hooli XYZ', metadata: { plan: 'pro' } })
    const again = await sdk.updateOrganizationByExternalId('hooli', { externalId: 'hooli-2' })
    expect(again.organization).toMatchObject({ id, externalId: 'hooli-2', displayName: 'Hooli XYZ' })

    expect(await sdk.deleteOrganization(id)).toMatchObject({ $typeName: 'google.protobuf.Empty' })
    expect(await thrown(sdk.getOrganization(id))).toEqual(notFound)
  })

  it('drops the metadata of a new organization, which the SDK never sends (§10.3)', async () => {
    const options = { externalId: 'x', metadata: { plan: 'pro' } } as { externalId: string }
    const { organization } = await client().createOrganization('Hooli', options)
    expect(organization?.metadata).toEqual({})
  })

  it('lists page by page, there and back', async () => {
    const sdk = client()
    for (let number = 1; number <= 12; number += 1) await sdk.createOrganization(`Customer ${number}`)
    const first = await sdk.listOrganization({ pageSize: 10 })
    expect([first.organizations.length, first.totalSize, first.prevPageToken]).toEqual([10, 15, ''])
    const second = await sdk.listOrganization({ pageSize: 10, pageToken: first.nextPageToken })
    expect([second.organizations.length, second.nextPageToken]).toEqual([5, ''])
    const back = await sdk.listOrganization({ pageSize: 10, pageToken: second.prevPageToken })
    expect(back.organizations).toEqual(first.organizations)
    expect(await thrown(sdk.listOrganization({ pageSize: 10, pageToken: 'nonsense' }))).toEqual([
      'ScalekitBadRequestException',
      'INVALID_ARGUMENT',
      400,
    ])
  })

  it('searches by name', async () => {
    const { organizations: found } = await client().searchOrganization('glob', 10)
    expect(found.map(({ id }) => id)).toEqual([organizations.globex])
    expect(await thrown(client().searchOrganization('x'))).toEqual([
      'ScalekitBadRequestException',
      'INVALID_ARGUMENT',
      400,
    ])
  })

  it('turns features on and off', async () => {
    const features = [
      { name: 'dir_sync', enabled: true },
      { name: 'sso', enabled: false },
    ]
    const { organization } = await client().updateOrganizationSettings(organizations.globex, { features })
    expect(organization?.settings?.features).toEqual(
      expect.arrayContaining(features.map((f) => expect.objectContaining(f))),
    )
    const unknown = { features: [{ name: 'teleport', enabled: true }] }
    expect(await thrown(client().updateOrganizationSettings(organizations.globex, unknown))).toEqual([
      'ScalekitBadRequestException',
      'INVALID_ARGUMENT',
      400,
    ])
  })

  it('reads and writes seats and the session policy', async () => {
    const sdk = client()
    expect(await sdk.upsertUserManagementSettings(organizations.acme, { maxAllowedUsers: 50 })).toMatchObject({
      maxAllowedUsers: 50,
    })
    expect((await sdk.getOrganizationUserManagementSetting(organizations.acme)).settings?.maxAllowedUsers).toBe(50)

    const custom = {
      policySource: 'CUSTOM',
      absoluteSessionTimeout: 2,
      absoluteSessionTimeoutUnit: 'HOURS',
      idleSessionTimeoutEnabled: true,
      idleSessionTimeout: 30,
      idleSessionTimeoutUnit: 'MINUTES',
    } as const
    const policy = await sdk.updateOrganizationSessionPolicy(organizations.acme, custom)
    // SessionPolicyType.CUSTOM and TimeUnit.MINUTES.
    expect(policy).toMatchObject({
      policySource: 2,
      absoluteSessionTimeout: 120,
      absoluteSessionTimeoutUnit: 1,
      idleSessionTimeout: 30,
    })
    expect(await sdk.getOrganizationSessionPolicy(organizations.acme)).toEqual(policy)
    const off = await sdk.updateOrganizationSessionPolicy(organizations.acme, { policySource: 'APPLICATION' })
    expect(off.policySource).toBe(1)
    expect(await thrown(sdk.updateOrganizationSessionPolicy(organizations.globex, custom))).toEqual([
      'ScalekitBadRequestException',
      'FAILED_PRECONDITION',
      400,
    ])
  })

  it('makes a link to the admin portal', async () => {
    const link = await client().generatePortalLink(organizations.acme)
    expect(link).toMatchObject({ id: expect.any(String), location: expect.stringContaining(emulator.url) })
    expect(Number(link.expireTime?.seconds) * 1000).toBeGreaterThan(Date.now())
    expect(await thrown(client().generatePortalLink('org_1'))).toEqual(notFound)
  })

  it('refuses an external id that is taken, and a name that is empty', async () => {
    expect(await thrown(client().createOrganization('Acme again', { externalId: 'acme' }))).toEqual([
      'ScalekitConflictException',
      'ALREADY_EXISTS',
      409,
    ])
    await expect(client().createOrganization('')).rejects.toMatchObject({
      name: 'ScalekitBadRequestException',
      unpackedDetails: [
        { validationErrorInfo: { fieldViolations: [{ field: expect.stringContaining('display_name') }] } },
      ],
    })
    expect(await thrown(client().updateOrganizationByExternalId('nobody', { displayName: 'X' }))).toEqual(notFound)
  })
})
