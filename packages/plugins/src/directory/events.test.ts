import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, scimUser, startDirectoryBench } from './test/directory-bench.js'

const { acme } = organizations
let bench: DirectoryBench

beforeAll(async () => {
  bench = await startDirectoryBench({ roles: { Engineering: 'developer', Owners: ['owner', 'developer'] } })
})
afterAll(() => bench.stop())
beforeEach(() => {
  bench.table.calls.length = 0
  bench.table.rows.clear()
})

const rename = (id: string, familyName: string) =>
  bench.patch(`/Users/${id}`, { op: 'replace', path: 'name.familyName', value: familyName })

describe('a person in a customer’s directory', () => {
  it('is told when they come, change and go, by what the directory’s own SCIM requests set off', async () => {
    const { table, scim, settled } = bench
    const { id } = await scim('POST', '/Users', scimUser('lin'))
    await settled()
    expect(table.rows.get(id)?.person).toMatchObject({
      id,
      organizationId: acme,
      email: 'lin@example.com',
      active: true,
      givenName: 'lin',
      familyName: 'First',
      preferredUsername: 'lin@example.com',
      groups: [],
      roles: [],
    })
    await rename(id, 'Second')
    await settled()
    expect(table.active).toEqual({ [id]: 'Second' })
    await scim('DELETE', `/Users/${id}`)
    await settled()
    expect(table.active).toEqual({})
    expect(table.calls).toEqual([`event upsert ${id}`, `event upsert ${id}`, `event deactivate ${id}`])
  })
})
