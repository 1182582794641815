import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ReconcileOptions, ReconcileProgress } from '../directory.js'
import { organizations } from '../test/bench.js'
import { type DirectoryBench, scimUser, startDirectoryBench } from './test/directory-bench.js'

const { acme, globex } = organizations
let bench: DirectoryBench

beforeAll(async () => {
  bench = await startDirectoryBench()
})
afterAll(() => bench.stop())
beforeEach(async () => {
  bench.between = undefined
  await bench.emptied()
})

/** People whom no event has told the app about. */
async function unheard(...names: readonly string[]): Promise<readonly string[]> {
  return bench.withoutWebhooks(async () => {
    const ids: string[] = []
    for (const name of names) ids.push((await bench.scim('POST', '/Users', scimUser(name))).id)
    return ids
  })
}
/** What the directory has: id → family name of the active. */
async function directoryNow(): Promise<Readonly<Record<string, string | undefined>>> {
  const found: [string, string | undefined][] = []
  for await (const { id, active, familyName } of bench.auth.directory.users(acme))
    if (active) found.push([id, familyName])
  return Object.fromEntries(found.sort())
}
const reconcile = (options: ReconcileOptions = {}) => bench.auth.directory.reconcile(acme, options)
const rename = (id = '', name = 'Second') =>
  bench.patch(`/Users/${id}`, { op: 'replace', path: 'name.familyName', value: name })
const none = { created: 0, updated: 0, deactivated: 0, unchanged: 0, failed: 0, failures: [], rolesChanged: 0 }
const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`)

describe('auth.directory.reconcile', () => {
  it('says what it would do, does it, and has nothing left to do', async () => {
    const { table } = bench
    const [a, b, c, d] = await unheard('a', 'b', 'c', 'd')
    await reconcile()
    const [e] = await bench.withoutWebhooks(async () => {
      await rename(b)
      await bench.scim('DELETE', `/Users/${c}`)
      await bench.patch(`/Users/${d}`, { op: 'replace', path: 'active', value: false })
      return unheard('e')
    })
    const before = table.active
    table.calls.length = 0
    const dry = await reconcile({ dryRun: true })
    expect([table.calls, table.active]).toEqual([[], before])
    const real = await reconcile()
    expect(real).toEqual({ ...dry, dryRun: false })
    expect(real).toEqual({
      ...none,
      created: 1,
      updated: 1,
      deactivated: 2,
      unchanged: 1,
      dryRun: false,
      users: [b, e, d, c],
    })
    expect(table.active).toEqual({ [a!]: 'First', [b!]: 'Second', [e!]: 'First' })
    expect(table.active).toEqual(await directoryNow())
    expect(await reconcile()).toEqual({ ...none, unchanged: 4, dryRun: false, users: [] })
  })

  it('asks for thirty at a time, and tells the app before it asks for more', async () => {
    await unheard(...names(65))
    const told: number[] = []
    bench.between = async ({ pathname, searchParams }, go) => {
      if (pathname.endsWith('/users')) {
        expect(searchParams.get('page_size')).toBe('30')
        told.push(bench.table.calls.length)
      }
      return go()
    }
    const progress: ReconcileProgress[] = []
    expect(await reconcile({ onProgress: (one) => progress.push(one) })).toMatchObject({ created: 65, failed: 0 })
    expect(told).toEqual([0, 30, 60])
    expect(progress.map(({ listed, created }) => [listed, created])).toEqual([
      [30, 30],
      [60, 60],
      [65, 65],
      [65, 65],
    ])
  })

  it('goes on where a run before was given up', async () => {
    await unheard(...names(40))
    const given = new AbortController()
    const reason = new Error('given up')
    const run = reconcile({ signal: given.signal, onProgress: () => given.abort(reason) })
    await expect(run).rejects.toBe(reason)
    expect(Object.keys(bench.table.active)).toHaveLength(30)
    expect(await reconcile()).toMatchObject({ created: 10, unchanged: 30 })
    expect(bench.table.active).toEqual(await directoryNow())
  })

  it('is given up between two people, and that is no failure of anybody', async () => {
    await unheard(...names(5))
    const given = new AbortController()
    bench.table.told = () => bench.table.calls.length === 2 && given.abort(new Error('given up'))
    await expect(reconcile({ signal: given.signal })).rejects.toThrow('given up')
    bench.table.told = undefined
    expect(bench.table.calls).toHaveLength(2)
  })

  it('goes on with the others where the app’s function throws, and the next run mends it', async () => {
    const ids = await unheard(...names(4))
    bench.table.failures = 1
    const report = await reconcile()
    expect(report).toMatchObject({ created: 3, failed: 1, users: ids.slice(1) })
    expect(report.failures).toEqual([{ id: ids[0], error: new Error('The table does not answer.') }])
    expect(await reconcile()).toMatchObject({ created: 1, failed: 0, unchanged: 3 })
  })

  it('needs to know whom the app knows, and a directory', async () => {
    await expect(bench.auth.directory.reconcile(globex)).rejects.toMatchObject({
      code: 'directory_missing',
      status: 404,
    })
    const { list, ...users } = bench.table.options
    const other = await startDirectoryBench({ users })
    await expect(other.auth.directory.reconcile(acme)).rejects.toThrow(TypeError)
    await other.stop()
    await expect(reconcile({ maxDeactivations: Number.NaN })).rejects.toThrow(TypeError)
  })
})

describe('nobody is deactivated', () => {
  const everybody = () => Object.keys(bench.table.active).length

  it('where the list fails in the middle', async () => {
    await unheard(...names(40))
    await reconcile()
    let pages = 0
    bench.between = async ({ pathname }, go) => {
      if (!pathname.endsWith('/users')) return go()
      pages += 1
      return pages === 2 ? Response.json({ code: 3 }, { status: 400 }) : go()
    }
    await expect(reconcile({ force: true, maxDeactivations: 100 })).rejects.toMatchObject({
      code: 'management_rejected',
    })
    expect(everybody()).toBe(40)
  })

  it('where a list leads in a circle', async () => {
    await unheard('a', 'b')
    await reconcile()
    bench.between = async ({ pathname }, go) =>
      pathname.endsWith('/users') ? Response.json({ users: [], next_page_token: 'again' }) : go()
    await expect(reconcile({ force: true })).rejects.toMatchObject({ code: 'management_answer_invalid' })
    expect(everybody()).toBe(2)
  })

  it.each([
    ['listing_empty', { users: [], total_size: 0 }],
    ['listing_empty', { users: [] }],
    ['listing_incomplete', undefined],
  ])('where the list says too little: %s', async (because, answer) => {
    await unheard('a', 'b', 'c')
    await reconcile()
    bench.between = async ({ pathname }, go) => {
      if (!pathname.endsWith('/users')) return go()
      if (answer !== undefined) return Response.json(answer)
      const whole = (await (await go()).json()) as { users: unknown[] }
      return Response.json({ ...whole, users: whole.users.slice(1) })
    }
    expect(await reconcile()).toMatchObject({ deactivated: 0, withheld: { because } })
    expect(everybody()).toBe(3)
  })

  it('where the directory is off, unless it is meant', async () => {
    const [a, b] = await unheard('a', 'b')
    await reconcile()
    await bench.withoutWebhooks(async () => {
      await bench.scim('DELETE', `/Users/${a}`)
      // What a directory lists while it is off is no news.
      await rename(b)
      await bench.emulator.control.directories.setEnabled(bench.directoryId, false)
    })
    expect(await reconcile()).toMatchObject({
      deactivated: 0,
      withheld: { because: 'directory_disabled', users: 1 },
      users: [],
    })
    expect(everybody()).toBe(2)
    expect(await reconcile({ force: true })).toMatchObject({ deactivated: 1, users: [a] })
  })

  it('where it would be more than is likely, unless it is meant', async () => {
    const ids = await unheard(...names(12))
    await reconcile()
    await bench.withoutWebhooks(async () => {
      for (const id of ids.slice(0, 6)) await bench.scim('DELETE', `/Users/${id}`)
    })
    const withheld = { because: 'too_many', users: 6 }
    for (const options of [{}, { dryRun: true }, { maxDeactivations: 5 }, { maxDeactivations: 0.49 }])
      expect(await reconcile(options)).toMatchObject({ deactivated: 0, withheld, users: [] })
    expect(everybody()).toBe(12)
    expect(await reconcile({ maxDeactivations: 0.5 })).toMatchObject({ deactivated: 6 })
    await bench.withoutWebhooks(async () => {
      for (const id of ids.slice(6, 11)) await bench.scim('DELETE', `/Users/${id}`)
    })
    expect(await reconcile({ maxDeactivations: 1, force: true })).toMatchObject({ deactivated: 5 })
  })

  it('who is missing because the pages moved while they were read', async () => {
    const ids = await unheard(...names(40))
    await reconcile()
    let passes = 0
    // A person on the first page is deleted after it was read: the first one of the second page moves to the first.
    bench.between = async ({ pathname, searchParams }, go) => {
      if (!pathname.endsWith('/users')) return go()
      if (!searchParams.has('page_token')) passes += 1
      const answer = (await (await go()).json()) as { users: unknown[] }
      if (passes > 1 || !searchParams.has('page_token')) return Response.json(answer)
      return Response.json({ ...answer, users: answer.users.slice(1), total_size: 39 })
    }
    expect(await reconcile()).toMatchObject({ deactivated: 0, unchanged: 40 })
    expect([passes, everybody()]).toEqual([2, ids.length])
  })
})

describe('events while lists are read', () => {
  it('count more than what was read before', async () => {
    const ids = await unheard('a', 'b')
    await reconcile()
    await bench.withoutWebhooks(() => rename(ids[0], 'Read'))
    bench.between = async ({ pathname }, go) => {
      const answer = await go()
      if (!pathname.endsWith('/users')) return answer
      bench.between = undefined
      // Later than a whole second, because the emulator's `updated_at` has no fractions.
      await new Promise((resolve) => setTimeout(resolve, 1100))
      await rename(ids[0], 'Heard')
      await bench.scim('DELETE', `/Users/${ids[1]}`)
      await bench.settled()
      return answer
    }
    expect(await reconcile()).toMatchObject({ failed: 0 })
    expect(bench.table.active).toEqual({ [ids[0]!]: 'Heard' })
  })

  it('that come late change nothing that was listed', async () => {
    const { control } = bench.emulator
    const shift = (offset: number) => control.clock({ offset })
    await shift(-300)
    const [a, b] = await unheard('a', 'b')
    const late = (id = '', familyName = 'Late') => ({
      type: 'organization.directory.user_updated',
      organizationId: acme,
      data: { id, organization_id: acme, email: 'a@example.com', active: true, family_name: familyName },
      occurredAt: Date.now() / 1000 - 100,
    })
    await bench.withoutWebhooks(() => rename(a, 'Now'))
    await shift(0)
    await reconcile()
    await bench.withoutWebhooks(() => bench.scim('DELETE', `/Users/${b}`))
    await reconcile()
    await control.webhooks.send(late(a))
    await control.webhooks.send(late(b))
    expect(bench.table.active).toEqual({ [a!]: 'Now' })
  })
})
