import { describe, expect, it } from 'vitest'
import { directory } from '../directory.js'
import { personOfEvent, personOfRecord } from './person.js'
import { rolesOf } from './role-mapping.js'

const event = {
  id: 'diruser_1',
  organization_id: 'org_1',
  email: 'a@example.com',
  active: true,
  given_name: 'A',
  family_name: '',
  groups: [
    { id: 'dirgroup_2', name: 'Two' },
    { id: 'dirgroup_1', name: 'One' },
  ],
}
const record = {
  id: 'diruser_1',
  email: 'a@example.com',
  givenName: 'A',
  groups: [
    { id: 'dirgroup_1', displayName: 'One' },
    { id: 'dirgroup_2', displayName: 'Two' },
  ],
  userDetail: { active: true },
}
const fromEvent = (more: object = {}) => personOfEvent({ ...event, ...more }, 'org_1', undefined)
const fromRecord = (more: object = {}) => personOfRecord({ ...record, ...more }, 'org_1', undefined)

describe('a person', () => {
  it('is the same from an event and from a list', async () => {
    const [one, other] = [await fromEvent(), await fromRecord()]
    expect(one.fingerprint).toMatch(/^[\w-]{22}$/)
    expect(one.fingerprint).toBe(other.fingerprint)
    expect({ ...one, attributes: {}, groups: [] }).toEqual({ ...other, attributes: {}, groups: [] })
  })

  it.each([
    ['another address', { email: 'b@example.com' }],
    ['another name', { given_name: 'B' }],
    ['a group less', { groups: event.groups.slice(1) }],
    ['a group renamed', { groups: [{ id: 'dirgroup_1', name: 'Uno' }, event.groups[0]] }],
    ['no groups', { groups: null }],
    ['inactive', { active: false }],
  ])('has another fingerprint with %s', async (_what, more) => {
    expect((await fromEvent(more)).fingerprint).not.toBe((await fromEvent()).fingerprint)
  })

  it.each([
    [false, false],
    ['False', false],
    ['false', false],
    [true, true],
    ['True', true],
    [undefined, true],
    [null, true],
  ])('whose record says active: %s is active: %s', async (active, expected) => {
    expect((await fromRecord({ userDetail: { active } })).active).toBe(expected)
  })
})

describe('roles', () => {
  const person = { id: 'diruser_1', organizationId: 'org_1', groups: [{ id: 'g1', name: 'A' }, { id: 'g2' }] }

  it('come from a function too, which hears whose groups they are', () => {
    const roles = rolesOf((groups, { organizationId }) => [organizationId, ...groups.map(({ id }) => id), 'g1'], person)
    expect(roles).toEqual(['org_1', 'g1', 'g2'])
  })
})

describe('the options of directory', () => {
  const users = { upsert() {}, deactivate() {} }
  it.each([
    ['no function', { users: { upsert() {} } }, 'directory.users.deactivate: must be a function'],
    ['a misspelt function', { users: { ...users, lists() {} } }, 'directory.users.lists: is no option'],
    ['roles that are null', { users, roles: null }, 'directory.roles: must be a function'],
    ['a misspelt option', { users, role: {} }, 'directory.role: is no option'],
    ['a role that is none', { users, roles: { A: '' } }, 'directory.roles: must be'],
    ['roles to assign, and none to give', { users, assignRoles: true }, 'directory.assignRoles: needs `roles`'],
    ['half a store', { users, versions: { put() {} } }, 'directory.versions.latest: must be a function'],
  ])('are refused: %s', (_what, options, message) => {
    expect(() => directory(options as never)).toThrow(message)
  })
})
