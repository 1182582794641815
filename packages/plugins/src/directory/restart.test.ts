import { afterEach, describe, expect, it } from 'vitest'
import type {
  DirectoryChange,
  DirectoryOptions,
  DirectoryPerson,
  FormerPerson,
  PeopleOptions,
  VersionStore,
} from '../directory.js'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, scimUser, startDirectoryBench } from './test/directory-bench.js'

const { acme } = organizations
const running: DirectoryBench[] = []

afterEach(async () => {
  for (const bench of running.splice(0)) await bench.stop()
})

/** Another environment, so that the kit remembers nothing of the one before. */
async function restarted(options: Partial<DirectoryOptions>): Promise<DirectoryBench> {
  const bench = await startDirectoryBench(options)
  running.push(bench)
  return bench
}

const at = Math.floor(Date.now() / 1000)
const send = (bench: DirectoryBench, what: 'updated' | 'deleted', seconds: number, familyName = '', id = 'diruser_1') =>
  bench.emulator.control.webhooks.send({
    type: `organization.directory.user_${what}`,
    organizationId: acme,
    occurredAt: at + seconds,
    data: {
      id,
      organization_id: acme,
      email: 'a@example.com',
      ...(what === 'updated' ? { active: true, family_name: familyName } : {}),
    },
  })

/** The table of `docs/how-to/directory-sync.md`, with its statement in words of JavaScript. */
function comparingTable() {
  const rows = new Map<string, { id: string; active: boolean; seenAt: string; name?: string; fingerprint?: string }>()
  const save = (
    id: string,
    { occurredAt, reason }: DirectoryChange,
    values: { active: boolean; name?: string; fingerprint?: string },
  ) => {
    const row = rows.get(id)
    const isLate = row !== undefined && row.seenAt > occurredAt
    if (isLate && !(reason === 'reconcile' && row.active === values.active)) return
    rows.set(id, { ...row, id, ...values, seenAt: isLate ? row.seenAt : occurredAt })
  }
  const users: PeopleOptions = {
    upsert: ({ id, familyName: name, fingerprint }: DirectoryPerson, change) =>
      save(id, change, { active: true, fingerprint, ...(name && { name }) }),
    deactivate: ({ id }: FormerPerson, change) => save(id, change, { active: false }),
    list: () => rows.values(),
  }
  return { rows, users }
}

describe('a comparison within a minute after an event', () => {
  it('changes details in a table that compares instants, and opens nobody whom the event closed', async () => {
    const { rows, users } = comparingTable()
    const bench = await restarted({ users })
    const { id } = await bench.withoutWebhooks(() => bench.scim('POST', '/Users', scimUser('a')))
    await send(bench, 'updated', 30, 'Before', id)
    expect(rows.get(id)).toMatchObject({ active: true, name: 'Before' })
    const reconcile = () => bench.auth.directory.reconcile(acme)
    expect(await reconcile()).toMatchObject({ updated: 1 })
    expect(rows.get(id)).toMatchObject({ active: true, name: 'First' })
    expect(await reconcile()).toMatchObject({ updated: 0, unchanged: 1 })
    await send(bench, 'deleted', 31, '', id)
    await reconcile()
    expect(rows.get(id)).toMatchObject({ active: false })
  })
})

describe('a late event after a restart', () => {
  it('is known by a store of the app to be late', async () => {
    const held = new Map<string, string>()
    const versions: VersionStore = {
      latest: async (key) => held.get(key),
      put: async (key, value) => void held.set(key, value),
    }
    await send(await restarted({ versions }), 'updated', -10, 'Now')
    const bench = await restarted({ versions })
    await send(bench, 'updated', -20, 'Before')
    expect(bench.table.calls).toEqual([])
    await send(bench, 'deleted', -5)
    const third = await restarted({ versions })
    for (const seconds of [-5, -6]) await send(third, 'updated', seconds, 'Back')
    expect(third.table.calls).toEqual([])
    expect([...held.keys()]).toEqual([`${acme}.diruser_1`])
    expect([...held.values()].every((value) => value.length <= 120)).toBe(true)
  })

  it('is told to the app with the instant by which its own table knows', async () => {
    const { rows, users } = comparingTable()
    await send(await restarted({ users }), 'updated', -10, 'Now')
    const bench = await restarted({ users })
    await send(bench, 'updated', -20, 'Before')
    expect(rows.get('diruser_1')).toMatchObject({ active: true, name: 'Now' })
    await send(bench, 'deleted', -5)
    await send(await restarted({ users }), 'updated', -6, 'Back')
    expect(rows.get('diruser_1')).toMatchObject({ active: false })
  })

  it('is known by the kit, where the store of the app knows nothing', async () => {
    const bench = await restarted({ versions: { latest: async () => undefined, put: async () => undefined } })
    await send(bench, 'updated', -10, 'Now')
    await send(bench, 'updated', -20, 'Before')
    expect(bench.table.active).toEqual({ diruser_1: 'Now' })
  })
})
