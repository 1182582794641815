import { afterEach, describe, expect, it } from 'vitest'
import type { DirectoryOptions, DirectoryPerson, FormerPerson, PeopleOptions, VersionStore } from '../directory.js'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, startDirectoryBench } from './test/directory-bench.js'

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
const send = (bench: DirectoryBench, what: 'updated' | 'deleted', seconds: number, familyName = '') =>
  bench.emulator.control.webhooks.send({
    type: `organization.directory.user_${what}`,
    organizationId: acme,
    occurredAt: at + seconds,
    data: {
      id: 'diruser_1',
      organization_id: acme,
      email: 'a@example.com',
      ...(what === 'updated' ? { active: true, family_name: familyName } : {}),
    },
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
    const table = new Map<string, { readonly occurredAt: string; readonly name: string | undefined }>()
    const unlessLater = (id: string, occurredAt: string, name?: string) => {
      if ((table.get(id)?.occurredAt ?? '') <= occurredAt) table.set(id, { occurredAt, name })
    }
    const users: PeopleOptions = {
      upsert: ({ id, familyName }: DirectoryPerson, { occurredAt }) => unlessLater(id, occurredAt, familyName),
      deactivate: ({ id }: FormerPerson, { occurredAt }) => unlessLater(id, occurredAt),
    }
    await send(await restarted({ users }), 'updated', -10, 'Now')
    const bench = await restarted({ users })
    await send(bench, 'updated', -20, 'Before')
    expect(table.get('diruser_1')?.name).toBe('Now')
    await send(bench, 'deleted', -5)
    await send(await restarted({ users }), 'updated', -6, 'Back')
    expect(table.get('diruser_1')?.name).toBe(undefined)
  })

  it('is known by the kit, where the store of the app knows nothing', async () => {
    const bench = await restarted({ versions: { latest: async () => undefined, put: async () => undefined } })
    await send(bench, 'updated', -10, 'Now')
    await send(bench, 'updated', -20, 'Before')
    expect(bench.table.active).toEqual({ diruser_1: 'Now' })
  })
})
