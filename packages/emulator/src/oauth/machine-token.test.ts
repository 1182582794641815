import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../index.js'
import { defaultSeed } from '../seed/default.js'
import { organizations, startBuilt } from '../test/emulator.js'
import { claims, header, managementToken, type TokenJson, tokenRequest } from '../test/login.js'

let emulator: Emulator
const [robot] = defaultSeed.machines ?? []
const bare = { ...robot!, id: 'm2morg_2', scopes: ['a:read', 'a:write'], audience: undefined }

beforeAll(async () => {
  const { audience: _none, ...second } = bare
  emulator = await startBuilt({ seed: { ...defaultSeed, machines: [robot!, second] } })
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const credentials = { client_id: robot!.id, client_secret: robot!.secret }

async function ask(fields: Record<string, string> = {}): Promise<{ status: number; json: TokenJson }> {
  const response = await tokenRequest(emulator, { grant_type: 'client_credentials', ...credentials, ...fields })
  return { status: response.status, json: (await response.json()) as TokenJson }
}

describe('machine client', () => {
  it('gets a token in the shape of protocol §12', async () => {
    const { json } = await ask()
    expect(json).toMatchObject({ token_type: 'Bearer', expires_in: 86_399, scope: 'projects:read' })
    expect(header(json.access_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    const { iat, ...rest } = claims(json.access_token)
    expect(rest).toEqual({
      iss: emulator.url,
      sub: 'm2morg_106000000000000001',
      client_id: 'm2morg_106000000000000001',
      oid: organizations.acme,
      aud: ['https://api.example.test'],
      scopes: ['projects:read'],
      jti: expect.stringMatching(/^tkn_\d{18}$/),
      nbf: iat,
      exp: Number(iat) + 86_399,
    })
  })

  it('has no audience unless one is configured', async () => {
    const { json } = await ask({ client_id: bare.id, scope: 'a:write' })
    expect(claims(json.access_token)).not.toHaveProperty('aud')
    expect([claims(json.access_token).scopes, json.scope]).toEqual([['a:write'], 'a:write'])
    expect((await ask({ client_id: bare.id })).json.scope).toBe('a:read a:write')
  })

  it('may authenticate by Basic', async () => {
    const basic = Buffer.from(`${robot!.id}:${robot!.secret}`).toString('base64')
    const response = await fetch(`${emulator.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
  })

  it.each<[string, Record<string, string>, number, string]>([
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['a foreign scope', { scope: 'projects:read projects:delete' }, 400, 'invalid_scope'],
    ['another grant type', { grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'unauthorized_client'],
  ])('is refused: %s', async (_label, fields, status, error) => {
    expect(await ask(fields)).toMatchObject({ status, json: { error } })
    const [entry] = await emulator.control.requests()
    expect(entry).toMatchObject({ kind: 'token', clientId: robot!.id, error })
  })

  it('is no manager of the environment, and the app still is', async () => {
    const manages = async (token: string) => {
      const path = `/api/v1/organizations/${organizations.acme}`
      return (await fetch(emulator.url + path, { headers: { authorization: `Bearer ${token}` } })).status
    }
    expect(await manages((await ask()).json.access_token)).toBe(401)
    expect(await manages(await managementToken(emulator))).toBe(200)
  })

  it('obeys lifetimes, faults and spoilt responses like every token request', async () => {
    await emulator.control.settings({ clientCredentialsLifetime: 9 })
    await emulator.control.addFault({ endpoint: 'token', kind: 'status', status: 429, grantType: 'client_credentials' })
    expect((await ask()).status).toBe(429)
    await emulator.control.nextTokenResponse({ accessToken: { claims: { oid: null } }, response: { scope: null } })
    const { json } = await ask()
    expect(json.expires_in).toBe(9)
    expect(json).not.toHaveProperty('scope')
    expect(claims(json.access_token)).not.toHaveProperty('oid')
  })
})
