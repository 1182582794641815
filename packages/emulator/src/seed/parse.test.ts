import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { defaultSeed } from './default.js'
import { loadSeed } from './load.js'
import { parseSeed } from './parse.js'
import { scalekitPermissions } from './permissions.js'

/** The default seed as plain JSON with one value replaced, at a path such as `users[0].email`; undefined removes it. */
function changed(path: string, value?: unknown): unknown {
  const seed = JSON.parse(JSON.stringify(defaultSeed))
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
  const last = keys.pop()!
  keys.reduce((node, key) => node[key], seed)[last] = value
  return JSON.parse(JSON.stringify(seed))
}

describe('parseSeed', () => {
  it('takes the default seed as it is', () => {
    expect(parseSeed(defaultSeed)).toEqual(defaultSeed)
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the value must be an object'],
    ['no clients', changed('clients', []), 'clients must hold at least one client'],
    ['a misspelt member', changed('user', []), 'user is not known here'],
    ['a missing member', changed('clients[0].secret'), 'clients[0].secret is missing'],
    [
      'a relative address',
      changed('clients[0].redirectUris', ['/cb']),
      'clients[0].redirectUris[0] must be an absolute URL',
    ],
    ['a wrong id', changed('users[1].id', 'u1'), 'users[1].id must be an id that starts with usr_'],
    ['a wrong e-mail address', changed('users[1].email', 'max'), 'users[1].email must be an e-mail address'],
    [
      'an unknown feature',
      changed('organizations[0].features.fun', true),
      'organizations[0].features.fun is not known here',
    ],
    [
      'an unknown role',
      changed('users[0].memberships[0].roles', ['king']),
      'users[0].memberships[0].roles[0] names no role: king',
    ],
    [
      'an unknown organization',
      changed('users[0].memberships[0].organization', 'org_1'),
      'users[0].memberships[0].organization names no organization: org_1',
    ],
    ['an unknown creator role', changed('creatorRole', 'king'), 'creatorRole names no role: king'],
    ['an unknown member role', changed('memberRole', 'king'), 'memberRole names no role: king'],
    ['a reserved claim', changed('users[0].claims', { roles: [] }), 'users[0].claims.roles is a reserved claim'],
    [
      'a domain of two organizations',
      changed('organizations[1].domains', ['example.com']),
      'organizations[].domains must not hold example.com twice',
    ],
    [
      'SSO without a connection',
      changed('organizations[2].connectionId'),
      'organizations[2].ssoRequired needs a connectionId',
    ],
    [
      'a machine of nobody',
      changed('machines[0].organization', 'org_1'),
      'machines[0].organization names no organization: org_1',
    ],
    ['a scope of two words', changed('machines[0].scopes', ['a b']), 'machines[0].scopes[0] must be a scope'],
    [
      'two people with one address',
      changed('users[1].email', 'ADA@acme.test'),
      'users must not hold ada@acme.test twice',
    ],
    [
      'a client twice',
      changed('clients[1]', defaultSeed.clients[0]),
      'clients must not hold skc_101000000000000001 twice',
    ],
  ])('refuses %s', (_label, value, message) => {
    expect(() => parseSeed(value)).toThrow(message)
  })
})

describe('the default seed', () => {
  it('has all twelve sk_* permissions for admin, two for member, none for guest', () => {
    const sk = Object.fromEntries(
      defaultSeed.roles.map((role) => [role.name, role.permissions.filter((name) => name.startsWith('sk_'))]),
    )
    expect(scalekitPermissions).toHaveLength(12)
    expect(sk).toEqual({
      admin: [...scalekitPermissions],
      member: ['sk_org_settings_read', 'sk_org_users_read'],
      guest: [],
    })
  })
})

describe('loadSeed', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seed-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each([
    ['seed.yaml', stringify(defaultSeed)],
    ['seed.json', JSON.stringify(defaultSeed)],
  ])('reads %s', async (name, source) => {
    await writeFile(join(folder, name), source)
    expect(await loadSeed(join(folder, name))).toEqual(defaultSeed)
  })

  it('names the file and the place in it', async () => {
    const path = join(folder, 'bad.yaml')
    await writeFile(path, 'clients: 1')
    await expect(loadSeed(path)).rejects.toThrow(`Seed ${path}: environmentId is missing`)
    await writeFile(path, '{ [')
    await expect(loadSeed(path)).rejects.toThrow(`Seed ${path}: `)
  })
})
