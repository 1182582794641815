import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organizations } from '../support/journey.js'
import { hasPostgres, startPostgres } from '../support/postgres.js'

interface Row {
  readonly scalekitId: string | null
  readonly email: string | null
  readonly name: string | null
  readonly active: boolean
  readonly directoryId: string | null
}

interface Table {
  readonly saveLogin: (session: object) => Promise<{ deny: true } | undefined>
  readonly forgetLogin: (organizationId: string, id: string) => Promise<void>
  readonly usersWhere: (organizationId: string, condition?: undefined) => Promise<readonly Row[]>
}

interface DirectoryTable {
  readonly upsert: (person: object, change: object) => Promise<void>
  readonly deactivate: (person: object, change: object) => Promise<void>
  readonly accountId: (person: object) => Promise<string | undefined>
}

const { acme, globex } = organizations

/** The users of the Next example, on the databases that it runs on. */
const databases: readonly (readonly [string, () => Promise<() => Promise<void>>])[] = [
  [
    'PGlite',
    async () => {
      await openTable()
      return async () => void (await close('close'))
    },
  ],
  ...(hasPostgres()
    ? [
        [
          'Postgres',
          async () => {
            const postgres = await startPostgres()
            process.env.DATABASE_URL = postgres.url
            await openTable()
            return async () => {
              await close('end')
              delete process.env.DATABASE_URL
              await postgres.stop()
            }
          },
        ] as const,
      ]
    : []),
]

let table: Table
let directory: DirectoryTable

/** Its modules are compiled by the app's own settings, so their types are said above. */
async function openTable(): Promise<void> {
  const lib = '../../../../examples/next/lib'
  table = await import(/* @vite-ignore */ `${lib}/users.ts`)
  directory = (await import(/* @vite-ignore */ `${lib}/directory-users.ts`)).directoryUsers
  await table.usersWhere(acme)
}

async function close(how: 'close' | 'end'): Promise<void> {
  const shared = globalThis as { plainboardDatabase?: Promise<{ $client: Record<string, () => Promise<void>> }> }
  await (await shared.plainboardDatabase)?.$client[how]?.()
  delete shared.plainboardDatabase
}

describe.each(databases)('the users of the Next example on %s', (_name, start) => {
  let stop: () => Promise<void>
  let organizationId: string = acme
  let count = 0

  beforeAll(async () => {
    stop = await start()
  })
  afterAll(() => stop?.())

  const fresh = () => {
    count += 1
    organizationId = `org_${count}`
  }
  const logIn = (id: string, email: string, emailVerified = true, name = id) =>
    table.saveLogin({ user: { id, email, emailVerified, name }, organizationId, roles: ['member'] })
  const at = (second: number, reason = 'event') => ({
    organizationId,
    reason,
    occurredAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000000Z`,
  })
  const person = (id: string, email: string, givenName = 'Nina') => ({
    id,
    organizationId,
    email,
    givenName,
    active: true,
    groups: [],
    roles: [],
    fingerprint: givenName,
    attributes: {},
  })
  const rows = () => table.usersWhere(organizationId)
  const denied = { deny: true }

  it('a login makes a row and changes it, in its own organization alone', async () => {
    fresh()
    await logIn('usr_1', 'Nina@Example.com')
    await logIn('usr_1', 'nina@example.org', true, 'Nina Next')
    expect(await rows()).toMatchObject([{ scalekitId: 'usr_1', email: 'nina@example.org', name: 'Nina Next' }])
    await table.saveLogin({ user: { id: 'usr_1', emailVerified: false }, organizationId: globex, roles: [] })
    expect(await rows()).toHaveLength(1)
  })

  it.each([
    ['login first', true],
    ['directory first', false],
  ])('a login and a directory meet in one row, whatever the capitals: %s', async (_order, loginFirst) => {
    fresh()
    const steps = [
      () => logIn('usr_1', 'nina@example.com'),
      () => directory.upsert(person('diruser_1', 'Nina@example.com'), at(1)),
    ]
    for (const step of loginFirst ? steps : steps.toReversed()) await step()
    expect(await rows()).toMatchObject([{ scalekitId: 'usr_1', directoryId: 'diruser_1', active: true }])
    expect(await directory.accountId({ id: 'diruser_1', organizationId })).toBe('usr_1')
  })

  it('a login and events in one moment make one row', async () => {
    for (let round = 0; round < 5; round += 1) {
      fresh()
      // As many connections are open by the second round.
      await Promise.all([
        ...[1, 2, 3].map(() => logIn('usr_1', 'nina@example.com')),
        ...[1, 2, 3].map((second) => directory.upsert(person('diruser_1', 'nina@example.com'), at(second))),
      ])
      expect(await rows()).toHaveLength(1)
    }
  })

  it('an address that is not verified takes no row of the directory', async () => {
    fresh()
    await directory.upsert(person('diruser_1', 'nina@example.com'), at(1))
    await logIn('usr_mallory', 'nina@example.com', false)
    expect(await directory.accountId({ id: 'diruser_1', organizationId })).toBeUndefined()
  })

  it('whom the directory has closed does not come in, and comes back with it', async () => {
    fresh()
    await logIn('usr_1', 'nina@example.com')
    await directory.upsert(person('diruser_1', 'nina@example.com'), at(1))
    await directory.deactivate({ id: 'diruser_1', organizationId, email: 'nina@example.com' }, at(2))
    expect(await logIn('usr_1', 'nina@example.com')).toEqual(denied)
    expect(await logIn('usr_1', 'other@example.com')).toEqual(denied)
    expect(await logIn('usr_2', 'nina@example.com', false)).toEqual(denied)
    expect(await rows()).toMatchObject([{ active: false }])
    await directory.upsert(person('diruser_1', 'nina@example.com'), at(3))
    expect(await logIn('usr_1', 'nina@example.com')).toBeUndefined()
  })

  it('whoever is added to the directory anew comes in as somebody new', async () => {
    fresh()
    await logIn('usr_1', 'nina@example.com')
    await directory.upsert(person('diruser_1', 'nina@example.com'), at(1))
    await directory.deactivate({ id: 'diruser_1', organizationId }, at(2))
    await directory.upsert(person('diruser_2', 'nina@example.com'), at(3))
    expect(await logIn('usr_1', 'nina@example.com')).toBeUndefined()
    expect(await rows()).toMatchObject([
      { directoryId: 'diruser_2', scalekitId: 'usr_1', active: true },
      { directoryId: 'diruser_1', scalekitId: null, active: false },
    ])
  })

  it('an event that comes late changes nothing, also about somebody of whom there was no row', async () => {
    fresh()
    await directory.upsert(person('diruser_1', 'nina@example.com', 'Now'), at(5))
    await directory.upsert(person('diruser_1', 'nina@example.com', 'Before'), at(4))
    expect(await rows()).toMatchObject([{ name: 'Now' }])
    await directory.deactivate({ id: 'diruser_2', organizationId }, at(5))
    await directory.upsert(person('diruser_2', 'otto@example.com', 'Otto'), at(4))
    expect(await rows()).toMatchObject([{ name: 'Now' }, { directoryId: 'diruser_2', active: false }])
  })

  it('a comparison that is dated back changes details, and reopens nobody', async () => {
    fresh()
    await directory.upsert(person('diruser_1', 'nina@example.com', 'Before'), at(5))
    await directory.upsert(person('diruser_1', 'nina@example.com', 'Now'), at(4, 'reconcile'))
    // The row is not older for it.
    await directory.upsert(person('diruser_1', 'nina@example.com', 'Before'), at(4))
    expect(await rows()).toMatchObject([{ name: 'Now' }])
    await directory.deactivate({ id: 'diruser_1', organizationId }, at(6))
    await directory.upsert(person('diruser_1', 'nina@example.com'), at(5, 'reconcile'))
    expect(await rows()).toMatchObject([{ active: false }])
  })

  it('a membership that ends leaves the row of a directory, and no other', async () => {
    fresh()
    await logIn('usr_1', 'nina@example.com')
    await logIn('usr_2', 'otto@example.com')
    await directory.upsert(person('diruser_1', 'nina@example.com'), at(1))
    for (const id of ['usr_1', 'usr_2']) await table.forgetLogin(organizationId, id)
    expect(await rows()).toMatchObject([{ directoryId: 'diruser_1', scalekitId: null, active: true }])
  })
})
