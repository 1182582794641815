import type { DirectoryChange, DirectoryPerson, FormerPerson, KnownPerson } from '@scalegate/plugins/directory'
import { and, eq, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import { users } from './database'
import { changeUsers, small, type User, usersWhere, withEmail } from './users'

/** What directory sync does with the table. It deletes no row, or a late event about somebody who left would not find it. */
export const directoryUsers = {
  upsert(person: DirectoryPerson, change: DirectoryChange): Promise<void> {
    const { groups, fingerprint, email } = person
    const name = [person.givenName, person.familyName].filter(Boolean).join(' ') || email
    const directoryGroups = groups.map((group) => group.name ?? group.id)
    return save(person, change, {
      active: true,
      directoryGroups,
      directoryFingerprint: fingerprint,
      ...(name && { name }),
    })
  },

  deactivate(person: FormerPerson, change: DirectoryChange): Promise<void> {
    return save(person, change, { active: false })
  },

  async *list(organizationId: string): AsyncGenerator<KnownPerson> {
    for (const row of await usersWhere(organizationId, isNotNull(users.directoryId)))
      yield { id: String(row.directoryId), active: row.active, fingerprint: row.directoryFingerprint }
  },

  /** Whoever has logged in is known, so their sessions end without a search by address. */
  async accountId({ id, organizationId }: FormerPerson): Promise<string | undefined> {
    const [row] = await usersWhere(organizationId, eq(users.directoryId, id))
    return row?.scalekitId ?? undefined
  },
}

async function save(
  person: FormerPerson,
  { occurredAt, reason }: DirectoryChange,
  values: Partial<User> & { active: boolean },
): Promise<void> {
  const { id, organizationId } = person
  const email = small(person.email)
  await changeUsers(organizationId, async (rows) => {
    // The login may have come first.
    const found = await rows.find(or(eq(users.directoryId, id), and(isNull(users.directoryId), withEmail(email))))
    const row = found.find(({ directoryId }) => directoryId === id) ?? found[0]
    // Events may come in any order, also after a restart.
    const isNews = or(isNull(users.directoryUpdatedAt), lte(users.directoryUpdatedAt, occurredAt))
    // A comparison is dated back, to be safe. So it may change the details of a row, and not reopen it.
    const isSafe = reason === 'event' ? isNews : or(isNews, eq(users.active, values.active))
    const known = { directoryId: id, ...(email === null ? {} : { email }), ...values }
    const latest = sql`greatest(${users.directoryUpdatedAt}, ${occurredAt}::timestamptz)`
    await rows.write(row, { ...known, directoryUpdatedAt: row === undefined ? occurredAt : latest }, isSafe)
  })
}
