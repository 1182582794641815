import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { managementToken, session } from '../test/login.js'

let emulator: Emulator
let token: string

beforeAll(async () => {
  emulator = await startBuilt()
  token = await managementToken(emulator)
})
afterAll(() => emulator.stop())

async function call(path: string, authorization = `Bearer ${token}`): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${emulator.url}/api/v1/${path}`, { headers: { authorization } })
  return { status: response.status, json: await response.json() }
}

const details = (error_code: string) => [
  { '@type': 'type.googleapis.com/scalekit.v1.errdetails.ErrorInfo', error_code },
]

describe('/api/v1', () => {
  it('gives the permissions of a member, sk_* included', async () => {
    const { status, json } = await call(`organizations/${organizations.acme}/users/${people.max}/permissions`)
    expect(status).toBe(200)
    const named = (name: string) => ({ id: expect.stringMatching(/^perm_\d{18}$/), name, description: name })
    expect(json).toEqual({
      permissions: ['sk_org_settings_read', 'sk_org_users_read', 'projects:create', 'projects:read'].map(named),
    })
  })

  it('gives the roles of a member', async () => {
    const { json } = await call(`organizations/${organizations.globex}/users/${people.bea}/roles`)
    expect(json).toEqual({
      roles: [{ id: expect.stringMatching(/^role_\d{18}$/), name: 'admin', display_name: 'Admin' }],
    })
  })

  it('gives organization, user and session', async () => {
    const { id } = await session(emulator, { user: people.ada })
    expect(await call(`organizations/${organizations.acme}`)).toMatchObject({
      status: 200,
      json: { organization: { id: organizations.acme, display_name: 'Acme', external_id: 'acme' } },
    })
    expect(await call(`users/${people.bea}`)).toMatchObject({
      status: 200,
      json: {
        user: {
          id: people.bea,
          email: 'bea@globex.test',
          memberships: [
            { organization_id: organizations.globex, membership_status: 'ACTIVE', roles: [{ name: 'admin' }] },
            { organization_id: organizations.acme, roles: [{ name: 'member' }] },
          ],
        },
      },
    })
    expect(await call(`sessions/${id.sid}`)).toMatchObject({
      status: 200,
      json: {
        session_id: id.sid,
        user_id: people.ada,
        organization_id: organizations.acme,
        status: 'active',
        authenticated_organizations: [organizations.acme],
        authenticated_clients: [{ client_id: emulator.clientId, organization_id: organizations.acme }],
        logout_at: null,
      },
    })
  })

  it.each([
    `organizations/${organizations.globex}/users/${people.ada}/permissions`,
    `organizations/${organizations.globex}/users/${people.ada}/roles`,
    'organizations/org_1',
    'users/usr_1',
    'sessions/ses_1',
  ])('404 for %s', async (path) => {
    expect(await call(path)).toMatchObject({ status: 404, json: { code: 5, details: details('NOT_FOUND') } })
  })

  it('501 for the rest, naming it', async () => {
    expect(await call('mcp/configs')).toEqual({
      status: 501,
      json: { code: 12, message: 'not emulated: GET /api/v1/mcp/configs', details: details('UNIMPLEMENTED') },
    })
  })

  it("401 without a token, with garbage, with a person's token, with an expired one", async () => {
    const { tokens } = await session(emulator, { user: people.ada })
    const refusal = { status: 401, json: { code: 16, details: details('UNAUTHENTICATED') } }
    for (const authorization of ['', 'Bearer x', `Bearer ${tokens.access_token}`, `Bearer ${tokens.id_token}`]) {
      expect(await call(`users/${people.ada}`, authorization)).toMatchObject(refusal)
    }
    await emulator.control.clock({ advance: 90_000 })
    expect(await call(`users/${people.ada}`)).toMatchObject(refusal)
    await emulator.control.clock({ offset: 0 })
  })
})
