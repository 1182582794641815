import { afterEach, describe, expect, it } from 'vitest'
import type { DirectoryOptions } from '../directory.js'
import { organizations, people } from '../test/bench.js'
import type { Visitor } from '../test/visitor.js'
import { type DirectoryBench, startDirectoryBench } from './test/directory-bench.js'

const { acme, globex } = organizations
let bench: DirectoryBench

afterEach(() => bench.stop())

async function start(options: Partial<DirectoryOptions> = {}): Promise<void> {
  bench = await startDirectoryBench(options)
}

const send = (type: string, data: object, organizationId: string = acme) =>
  bench.emulator.control.webhooks.send({
    type: `organization.directory.${type}`,
    organizationId,
    data: { id: 'diruser_1', organization_id: organizationId, ...data },
    // Once, whatever becomes of it.
    attempts: 1,
  })
const statusOf = async (sent: ReturnType<typeof send>) => (await sent)[0]?.attempts.at(-1)?.status
const isSignedIn = async (visitor: Visitor) => (await bench.call(visitor, '/auth/session')).body.session !== null
const reported = () => bench.reports().map(({ event }) => event)

describe('sessions of somebody who is gone from the directory', () => {
  it('end, and nobody else’s do', async () => {
    await start()
    const [max, gil] = [await bench.signedIn('max'), await bench.signedIn('gil')]
    expect(await statusOf(send('user_deleted', { email: 'MAX@acme.test' }))).toBe(200)
    expect([await isSignedIn(max), await isSignedIn(gil)]).toEqual([false, true])
    expect(bench.table.calls).toEqual(['event deactivate diruser_1'])
  })

  it('end too when the directory calls them inactive', async () => {
    await start()
    const max = await bench.signedIn('max')
    await send('user_updated', { email: 'max@acme.test', active: false })
    expect(await isSignedIn(max)).toBe(false)
  })

  it.each([
    ['part of an address', { email: 'ax@acme.test' }],
    ['an address of nobody', { email: 'nobody@acme.test' }],
    ['a pattern', { email: '%@acme.test' }],
    ['no address', {}],
    ['too short an address', { email: 'a@' }],
  ])('stay for %s, and the app hears that it was not clear whose they were', async (_what, data) => {
    await start()
    const max = await bench.signedIn('max')
    expect(await statusOf(send('user_deleted', data))).toBe(200)
    expect(await isSignedIn(max)).toBe(true)
    expect([bench.table.calls, reported()]).toEqual([['event deactivate diruser_1'], ['account_not_found']])
  })

  it('end in this organization only: another customer’s directory cannot reach further', async () => {
    await start()
    const bea = await bench.signedIn('bea', acme)
    await send('user_deleted', { email: 'bea@globex.test' }, globex)
    expect(await isSignedIn(bea)).toBe(true)
    const max = await bench.signedIn('max')
    await send('user_deleted', { id: 'diruser_2', email: 'max@acme.test' }, globex)
    expect(await isSignedIn(max)).toBe(true)
    await send('user_deleted', { id: 'diruser_3', email: 'bea@globex.test' })
    expect(await isSignedIn(bea)).toBe(false)
  })

  it('stay where two have the address', async () => {
    await start()
    const max = await bench.signedIn('max')
    bench.between = async ({ pathname }, go) => {
      if (!pathname.endsWith('users:search')) return go()
      const ids = [people.max, people.gil]
      return Response.json({ users: ids.map((id) => ({ id, email: 'max@acme.test' })) })
    }
    await send('user_deleted', { email: 'max@acme.test' })
    expect([await isSignedIn(max), reported()]).toEqual([true, ['account_not_found']])
  })

  it('are those of the id that the app knows, where it knows one', async () => {
    await start({
      users: { upsert() {}, deactivate() {}, accountId: ({ id }) => (id === 'diruser_1' ? people.gil : undefined) },
    })
    const [max, gil] = [await bench.signedIn('max'), await bench.signedIn('gil')]
    await send('user_deleted', { email: 'max@acme.test' })
    expect([await isSignedIn(max), await isSignedIn(gil)]).toEqual([true, false])
  })

  it('end although the app’s function fails, and the function is called although Scalekit’s API does', async () => {
    await start()
    const max = await bench.signedIn('max')
    bench.table.failures = 1
    expect(await statusOf(send('user_deleted', { email: 'max@acme.test' }))).toBe(500)
    expect(await isSignedIn(max)).toBe(false)

    const gil = await bench.signedIn('gil')
    bench.between = async () => Response.json({ code: 3, message: 'no' }, { status: 400 })
    const event = { id: 'diruser_2', email: 'gil@acme.test' }
    const sent = await send('user_deleted', event)
    expect(sent[0]?.attempts[0]?.status).toBe(400)
    expect([bench.table.calls.at(-1), await isSignedIn(gil)]).toEqual(['event deactivate diruser_2', true])
    // What was done is not done again.
    bench.between = undefined
    await bench.emulator.control.webhooks.replay(sent[0]!.id)
    expect(await isSignedIn(gil)).toBe(false)
    expect(bench.table.calls.filter((call) => call === 'event deactivate diruser_2')).toHaveLength(1)
  })
})

describe('roles of members', () => {
  const group = (...names: readonly string[]) => names.map((name, index) => ({ id: `dirgroup_${index}`, name }))
  const rolesOf = async (userId: string) => {
    const { users } = await bench.emulator.control.state()
    const user = users.find(({ id }) => id === userId)
    return user?.memberships.find(({ organizationId }) => organizationId === acme)?.roles.toSorted()
  }

  it('are those of the groups, beside those the mapping does not know', async () => {
    await start({ roles: { Owners: 'admin', Guests: 'guest' }, assignRoles: true })
    const max = await bench.signedIn('max')
    const roles = async () => (await bench.call(max, '/auth/session')).body.session.roles
    await send('user_updated', { email: 'max@acme.test', groups: group('Owners', 'Others') })
    expect(await rolesOf(people.max)).toEqual(['admin', 'member'])
    // Without a new login.
    expect((await roles()).toSorted()).toEqual(['admin', 'member'])
    await send('user_updated', { email: 'max@acme.test', groups: group('Guests') })
    expect(await rolesOf(people.max)).toEqual(['guest', 'member'])
    await send('user_updated', { email: 'max@acme.test', groups: [] })
    expect(await rolesOf(people.max)).toEqual(['member'])
    // The emulator's request log: nothing is written where nothing changes.
    await bench.upstream()
    await send('user_updated', { email: 'max@acme.test' })
    expect((await bench.upstream()).filter((call) => call.startsWith('PATCH'))).toEqual([])
  })

  it('are no others where the mapping is exclusive', async () => {
    await start({ roles: { Owners: 'admin' }, assignRoles: { exclusive: true } })
    await send('user_updated', { email: 'max@acme.test', groups: group('Owners') })
    expect(await rolesOf(people.max)).toEqual(['admin'])
  })

  it('are only added where a function does not say what it manages', async () => {
    await start({ roles: (groups) => groups.flatMap(({ name }) => (name === 'G' ? 'guest' : [])), assignRoles: true })
    await send('user_updated', { email: 'max@acme.test', groups: group('G') })
    await send('user_updated', { email: 'max@acme.test', groups: [] })
    expect(await rolesOf(people.max)).toEqual(['guest', 'member'])
  })

  it('count with the next request also where Scalekit’s answer to the change is lost', async () => {
    await start({ roles: { Owners: 'admin' }, assignRoles: true })
    const max = await bench.signedIn('max')
    const [endpoint] = await bench.emulator.control.webhooks.endpoints()
    const { url, secrets: secret } = endpoint as NonNullable<typeof endpoint>
    // Else the app would hear of the change from Scalekit, too.
    await bench.emulator.control.webhooks.register({
      url,
      secret,
      events: ['organization.directory.user_updated'],
    })
    const writes: string[] = []
    bench.between = async ({ pathname }, go) => {
      const answer = await go()
      if (!pathname.includes('/memberships/')) return answer
      writes.push(pathname)
      throw new TypeError('fetch failed')
    }
    const data = { email: 'max@acme.test', groups: group('Owners') }
    const sent = await send('user_updated', data)
    expect(sent[0]?.attempts[0]?.status).toBe(503)
    expect(await rolesOf(people.max)).toEqual(['admin', 'member'])
    // It comes again, and nothing is left to be changed.
    await bench.emulator.control.webhooks.replay(sent[0]!.id)
    expect(writes).toHaveLength(1)
    const { session } = (await bench.call(max, '/auth/session')).body
    expect(session.roles.toSorted()).toEqual(['admin', 'member'])
  })

  it('stay for somebody who is no member, and for a member of another organization', async () => {
    await start({ roles: { Owners: 'admin' }, assignRoles: true })
    const data = { email: 'max@acme.test', groups: group('Owners') }
    expect(await statusOf(send('user_updated', data, globex))).toBe(200)
    expect(await statusOf(send('user_updated', { ...data, id: 'diruser_2', email: 'nobody@acme.test' }))).toBe(200)
    expect(await rolesOf(people.max)).toEqual(['member'])
  })
})
