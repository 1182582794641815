import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, MadeDirectory } from '../index.js'
import { organizations, startBuilt } from '../test/emulator.js'
import { enterprise, patchOp, type ScimClient, scimClient, userBody } from '../test/scim.js'

let emulator: Emulator
let directory: MadeDirectory
let scim: ScimClient

beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(async () => {
  await emulator.control.reset()
  directory = await emulator.control.directories.add({ organizationId: organizations.acme })
  scim = scimClient(directory)
})

const error = (status: number, scimType?: string) => ({
  status,
  json: {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    detail: expect.any(String),
    ...(scimType === undefined ? {} : { scimType }),
  },
})
const babs = async () => (await scim('POST', '/Users', userBody('babs@example.com'))).json
const patchUser = (id: string, ...operations: readonly object[]) =>
  scim('PATCH', `/Users/${id}`, patchOp(...operations))

describe('users', () => {
  it('are created with everything that came, and found again', async () => {
    const { status, headers, json } = await scim('POST', '/Users', userBody('babs@example.com'))
    expect(status).toBe(201)
    expect(headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
    expect(headers.get('location')).toBe(`${directory.endpoint}/Users/${json.id}`)
    expect(json).toEqual({
      ...userBody('babs@example.com'),
      id: expect.stringMatching(/^diruser_\d{18}$/),
      groups: [],
      meta: {
        resourceType: 'User',
        created: expect.any(String),
        lastModified: expect.any(String),
        location: `${directory.endpoint}/Users/${json.id}`,
      },
    })
    expect((await scim('GET', `/Users/${json.id}`)).json).toEqual(json)
  })

  it.each([
    ['no userName', { userName: undefined }, 'invalidValue'],
    ['no address at all', { userName: 'babs', emails: [] }, 'invalidValue'],
    ['active as a word', { active: 'maybe' }, 'invalidValue'],
  ])('400 with %s', async (_label, more, scimType) => {
    expect(await scim('POST', '/Users', userBody('babs@example.com', more))).toMatchObject(error(400, scimType))
  })

  it('400 for what is no JSON object, and for an address of somebody else’s domain', async () => {
    expect(await scim('POST', '/Users', '{')).toMatchObject(error(400, 'invalidSyntax'))
    for (const body of ['[]', '"x"', 'null', '7']) {
      expect(await scim('POST', '/Users', body)).toMatchObject(error(400, 'invalidSyntax'))
    }
    expect(await scim('POST', '/Users', userBody('eve@evil.test'))).toMatchObject(error(400, 'invalidValue'))
    expect(await scim('POST', '/Users', userBody('eve@sub.example.com'))).toMatchObject(error(400, 'invalidValue'))
  })

  it('409 for a userName that is taken, in whatever case', async () => {
    await babs()
    expect(await scim('POST', '/Users', userBody('BABS@example.com'))).toMatchObject(error(409, 'uniqueness'))
    const other = (await scim('POST', '/Users', userBody('other@example.com'))).json
    expect(await patchUser(other.id, { op: 'replace', path: 'userName', value: 'babs@example.com' })).toMatchObject(
      error(409, 'uniqueness'),
    )
  })

  it('are replaced; the address stays, since it identifies the person', async () => {
    const { id } = await babs()
    const { status, json } = await scim('PUT', `/Users/${id}`, userBody('babs@example.com', { title: undefined }))
    expect(status).toBe(200)
    expect(json).not.toHaveProperty('title')
    expect(await scim('PUT', `/Users/${id}`, userBody('barbara@example.com'))).toMatchObject(error(400, 'mutability'))
  })

  it('are removed', async () => {
    const { id } = await babs()
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) expect(await scim(method, `/Users/${id}`)).toMatchObject(error(404))
    expect(await patchUser(id, { op: 'replace', path: 'active', value: true })).toMatchObject(error(404))
    expect(await scim('PUT', `/Users/${id}`, userBody('babs@example.com'))).toMatchObject(error(404))
  })

  it('are listed in pages, from 1', async () => {
    for (const name of ['a', 'b', 'c']) await scim('POST', '/Users', userBody(`${name}@example.com`))
    const page = async (query: string) => {
      const { json } = await scim('GET', `/Users?${query}`)
      const names = json.Resources.map(({ userName }: { userName: string }) => userName[0]).join('')
      return [json.totalResults, json.startIndex, json.itemsPerPage, names]
    }
    expect(await page('')).toEqual([3, 1, 3, 'abc'])
    expect(await page('startIndex=2&count=1')).toEqual([3, 2, 1, 'b'])
    expect(await page('startIndex=0&count=2')).toEqual([3, 1, 2, 'ab'])
    expect(await page('count=0')).toEqual([3, 1, 0, ''])
    expect(await page('count=-5&startIndex=-1')).toEqual([3, 1, 0, ''])
    expect(await page('startIndex=9')).toEqual([3, 9, 0, ''])
    expect(await scim('GET', '/Users?count=x')).toMatchObject(error(400, 'invalidValue'))
  })

  it.each([
    ['userName eq "BABS@example.com"', 1],
    ['username Eq "babs@example.com"', 1],
    ['externalId eq "ext-babs@example.com"', 1],
    ['emails.value eq "babs@jensen.test"', 1],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName eq "babs@example.com"', 1],
    ['active eq true and name.familyName eq "Jensen"', 1],
    ['active eq false', 0],
    ['displayName eq "a \\"quoted\\" and b"', 0],
    ['userName eq "nobody@example.com"', 0],
  ])('filter %s', async (filter, total) => {
    await babs()
    const { json } = await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
    expect(json).toMatchObject({ totalResults: total })
  })

  it.each(['userName', 'userName eq', 'userName eq x', 'userName sw "b"', 'eq "x"', 'userName eq "x" and', '((('])(
    '400 for the filter %s',
    async (filter) => {
      await babs()
      expect(await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)).toMatchObject(
        error(400, 'invalidFilter'),
      )
    },
  )

  it('show only the attributes that were asked for', async () => {
    const { id } = await babs()
    const keys = async (query: string) => Object.keys((await scim('GET', `/Users/${id}?${query}`)).json)
    expect(await keys('attributes=userName')).toEqual(['schemas', 'id', 'userName', 'meta'])
    expect(await keys('excludedAttributes=emails,name')).not.toContain('emails')
  })
})

describe('PATCH of a user', () => {
  it.each<[string, object[], object]>([
    ['Okta: active without path', [{ op: 'replace', value: { active: false } }], { active: false }],
    ['Entra: active as text', [{ op: 'Replace', path: 'active', value: 'False' }], { active: false }],
    [
      'Entra: dotted keys and a URN without path',
      [{ op: 'Add', value: { 'name.givenName': 'Barb', [`${enterprise}:department`]: 'Sales' } }],
      { name: { givenName: 'Barb', familyName: 'Jensen' }, [enterprise]: { department: 'Sales' } },
    ],
    [
      'a URN in the path',
      [{ op: 'replace', path: `${enterprise}:department`, value: 'Sales' }],
      { [enterprise]: { department: 'Sales' } },
    ],
    [
      'a sub-attribute',
      [{ op: 'replace', path: 'name.familyName', value: 'Smith' }],
      { name: { familyName: 'Smith' } },
    ],
    [
      'an element by filter',
      [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'babs@smith.test' }],
      { emails: [{ value: 'babs@example.com' }, { value: 'babs@smith.test', type: 'home' }] },
    ],
    [
      'an element that is not there yet (Entra)',
      [{ op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '555' }],
      { phoneNumbers: [{ type: 'mobile', value: '555' }] },
    ],
    [
      'an element to remove',
      [{ op: 'remove', path: 'emails[type eq "home"]' }],
      { emails: [{ value: 'babs@example.com', type: 'work', primary: true }] },
    ],
    [
      'add merges',
      [{ op: 'add', path: 'name', value: { middleName: 'J' } }],
      { name: { middleName: 'J', givenName: 'Barbara' } },
    ],
    [
      'add appends once',
      [
        { op: 'add', path: 'emails', value: [{ value: 'c@example.com' }] },
        { op: 'add', path: 'emails', value: { value: 'c@example.com' } },
      ],
      { emails: [{ value: 'babs@example.com' }, { value: 'babs@jensen.test' }, { value: 'c@example.com' }] },
    ],
    ['what the server makes is passed over', [{ op: 'replace', value: { id: 'x', title: 'Boss' } }], { title: 'Boss' }],
    ['attribute names in any case', [{ op: 'replace', path: 'TITLE', value: 'Boss' }], { title: 'Boss' }],
  ])('%s', async (_label, operations, expected) => {
    const { id } = await babs()
    const { status, json } = await patchUser(id, ...operations)
    expect({ status, json }).toMatchObject({ status: 200, json: { id, ...expected } })
    expect((await scim('GET', `/Users/${id}`)).json).toEqual(json)
  })

  it('removes an attribute', async () => {
    const { id } = await babs()
    expect((await patchUser(id, { op: 'remove', path: 'nickName' })).json).not.toHaveProperty('nickName')
  })

  it.each<[string, object, string]>([
    ['no operations', {}, 'invalidSyntax'],
    ['an unknown operation', patchOp({ op: 'move', path: 'title' }), 'invalidSyntax'],
    ['remove without path', patchOp({ op: 'remove' }), 'noTarget'],
    ['a path that is none', patchOp({ op: 'replace', path: 'emails[', value: 1 }), 'invalidPath'],
    ['a path of a number', patchOp({ op: 'replace', path: 7, value: 1 }), 'invalidPath'],
    ['a bad filter', patchOp({ op: 'replace', path: 'emails[type].value', value: 1 }), 'invalidFilter'],
    ['a bare value without path', patchOp({ op: 'replace', value: 'x' }), 'invalidValue'],
    [
      'another address',
      patchOp({ op: 'replace', path: 'emails[type eq "work"].value', value: 'x@example.com' }),
      'mutability',
    ],
    ['no userName left', patchOp({ op: 'remove', path: 'userName' }), 'invalidValue'],
  ])('400 for %s', async (_label, body, scimType) => {
    const { id } = await babs()
    expect(await scim('PATCH', `/Users/${id}`, body)).toMatchObject(error(400, scimType))
    expect((await scim('GET', `/Users/${id}`)).json.userName).toBe('babs@example.com')
  })

  it('holds names of the prototype for names', async () => {
    const { id } = await babs()
    const body = '{"Operations":[{"op":"add","value":{"__proto__":{"polluted":true},"constructor":"x"}}]}'
    expect((await scim('PATCH', `/Users/${id}`, body)).status).toBeLessThan(500)
    expect((await scim('GET', `/Users/${id}`)).json.polluted).toBeUndefined()
  })
})

describe('groups', () => {
  const make = async (...members: readonly string[]) =>
    (
      await scim('POST', '/Groups', {
        displayName: 'Guides',
        externalId: 'g1',
        members: members.map((value) => ({ value })),
      })
    ).json

  it('hold people, who say so', async () => {
    const { id } = await babs()
    const group = await make(id)
    expect(group).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      id: expect.stringMatching(/^dirgroup_\d{18}$/),
      displayName: 'Guides',
      members: [{ value: id, display: 'babs@example.com', $ref: `${directory.endpoint}/Users/${id}` }],
    })
    expect((await scim('GET', `/Users/${id}`)).json.groups).toMatchObject([{ value: group.id, display: 'Guides' }])
    expect((await scim('GET', '/Groups?filter=displayName%20eq%20%22guides%22')).json.totalResults).toBe(1)
    expect((await scim('GET', `/Groups/${group.id}?excludedAttributes=members`)).json).not.toHaveProperty('members')
  })

  it('change by the habits of Okta and Entra', async () => {
    const [one, two] = [await babs(), (await scim('POST', '/Users', userBody('two@example.com'))).json]
    const group = await make()
    const change = async (...operations: readonly object[]) => {
      const { json } = await scim('PATCH', `/Groups/${group.id}`, patchOp(...operations))
      return [json.displayName, ...(json.members ?? []).map(({ value }: { value: string }) => value)]
    }
    expect(await change({ op: 'add', path: 'members', value: [{ value: one.id }] })).toEqual(['Guides', one.id])
    expect(await change({ op: 'Add', path: 'members', value: [{ value: two.id }] })).toEqual(['Guides', one.id, two.id])
    expect(await change({ op: 'remove', path: `members[value eq "${one.id}"]` })).toEqual(['Guides', two.id])
    expect(await change({ op: 'replace', value: { id: group.id, displayName: 'Leads' } })).toEqual(['Leads', two.id])
    expect(await change({ op: 'Remove', path: 'members', value: [{ value: two.id }] })).toEqual(['Leads'])
    expect(await change({ op: 'replace', path: 'members', value: [{ value: one.id }] })).toEqual(['Leads', one.id])
    expect(await change({ op: 'remove', path: 'members' })).toEqual(['Leads'])
  })

  it('are replaced and removed; people who are gone are no members', async () => {
    const { id } = await babs()
    const group = await make(id)
    const renamed = await scim('PUT', `/Groups/${group.id}`, { displayName: 'Leads', members: [{ value: id }] })
    expect(renamed.json).toMatchObject({ displayName: 'Leads', members: [{ value: id }] })
    await scim('DELETE', `/Users/${id}`)
    expect((await scim('GET', `/Groups/${group.id}`)).json.members).toEqual([])
    expect((await scim('DELETE', `/Groups/${group.id}`)).status).toBe(204)
    expect(await scim('GET', `/Groups/${group.id}`)).toMatchObject(error(404))
  })

  it('400 without a name or with strangers', async () => {
    expect(await scim('POST', '/Groups', {})).toMatchObject(error(400, 'invalidValue'))
    expect(await scim('POST', '/Groups', { displayName: 'G', members: [{ value: 'x' }] })).toMatchObject(
      error(400, 'invalidValue'),
    )
  })
})

describe('the endpoint', () => {
  it('describes itself', async () => {
    const config = (await scim('GET', '/ServiceProviderConfig')).json
    expect(config).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false },
      filter: { supported: true },
    })
    for (const name of ['ResourceTypes', 'Schemas']) {
      const { json } = await scim('GET', `/${name}`)
      expect(json.totalResults).toBe(json.Resources.length)
      for (const { id } of json.Resources) expect((await scim('GET', `/${name}/${id}`)).json.id).toBe(id)
      expect(await scim('GET', `/${name}/Nothing`)).toMatchObject(error(404))
    }
    expect(await scim('GET', '/Me')).toMatchObject(error(404))
    expect(await scim('POST', '/Bulk', {})).toMatchObject(error(501))
  })

  it('wants its own secret, and an enabled directory', async () => {
    const other = await emulator.control.directories.add({ organizationId: organizations.globex })
    for (const secret of ['', 'wrong', other.secret]) {
      const { status, headers, json } = await scimClient({ ...directory, secret })('GET', '/Users')
      expect({ status, json }).toMatchObject(error(401))
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    const { id: _id, ...elsewhere } = { ...directory, endpoint: directory.endpoint.replace(/dir_\d+/, 'dir_9') }
    expect(await scimClient(elsewhere)('GET', '/Users')).toMatchObject(error(401))
    await emulator.control.directories.setEnabled(directory.id, false)
    expect(await scim('GET', '/Users')).toMatchObject(error(403))
    await emulator.control.clock({ advance: 366 * 86_400 })
    await emulator.control.directories.setEnabled(directory.id, true)
    expect(await scim('GET', '/Users')).toMatchObject(error(401))
  })

  it('is in the log without its secret', async () => {
    await babs()
    const requests = await emulator.control.requests()
    expect(requests.at(-1)).toMatchObject({ kind: 'scim', method: 'POST', status: 201 })
    const told = JSON.stringify([requests, await emulator.control.state()])
    expect(told).not.toContain(directory.secret)
    expect(await (await fetch(`${emulator.url}/_emulator`)).text()).not.toContain(directory.secret)
  })
})
