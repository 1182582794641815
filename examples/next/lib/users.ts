import type { Session } from '@scalegate/next'
import { and, asc, desc, eq, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { type Database, database, users } from './database'

export type User = typeof users.$inferSelect

/**
 * Just-in-time provisioning: makes or changes the row of somebody who logs in. Whom the directory has closed does not come
 * in, or a login would undo what it did.
 */
export async function saveLogin(session: Session): Promise<{ deny: true } | undefined> {
  const { user, roles } = session
  const organizationId = tenantOf(session)
  const email = small(user.email)
  return changeUsers(organizationId, async (rows) => {
    const found = await rows.find(or(eq(users.scalekitId, user.id), withEmail(email)))
    const own = found.find(({ scalekitId }) => scalekitId === user.id)
    // The directory may have come first. An address that is not verified identifies nobody.
    const synced = user.emailVerified && found.find((row) => row.active && row.scalekitId === null)
    const row = own?.active ? own : synced || undefined
    if (row === undefined && found.some(({ active }) => !active)) return { deny: true }
    // Removed and added again: to the directory that is somebody new.
    if (own !== undefined && own !== row) await rows.write(own, { scalekitId: null })
    await rows.write(row, { scalekitId: user.id, email, name: user.name ?? user.id, role: roles[0] ?? null })
    return undefined
  })
}

/** A membership has ended. Somebody of a directory stays a person of it. */
export async function forgetLogin(organizationId: string, scalekitId: string): Promise<void> {
  const theirs = and(eq(users.organizationId, organizationId), eq(users.scalekitId, scalekitId))
  const db = await database()
  await db.delete(users).where(and(theirs, isNull(users.directoryId)))
  await db.update(users).set({ scalekitId: null, role: null }).where(theirs)
}

/** Who has used this app, without those whom the directory has closed. */
export function usersOf(session: Session): Promise<User[]> {
  return usersWhere(tenantOf(session), and(eq(users.active, true), isNotNull(users.scalekitId)))
}

/** Whom the directory has. */
export function syncedUsersOf(session: Session): Promise<User[]> {
  return usersWhere(tenantOf(session), and(eq(users.active, true), isNotNull(users.directoryId)))
}

export async function usersWhere(organizationId: string, condition: SQL | undefined): Promise<User[]> {
  return find(await database(), organizationId, condition)
}

type Values = { readonly [Column in keyof User]?: User[Column] | SQL }

interface Rows {
  readonly find: (condition: SQL | undefined) => Promise<User[]>
  /** Changes this row, or makes one. */
  readonly write: (row: User | undefined, values: Values, condition?: SQL) => Promise<unknown>
}

/** The rows of one organization change one after another: a login and an event in one moment find each other. */
export async function changeUsers<Result>(
  organizationId: string,
  change: (rows: Rows) => Promise<Result>,
): Promise<Result> {
  const db = await database()
  return db.transaction(async (transaction) => {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${organizationId}))`)
    return change({
      find: (condition) => find(transaction, organizationId, condition),
      write: async (row, values, condition) =>
        row === undefined
          ? await transaction.insert(users).values({ organizationId, ...values })
          : await transaction
              .update(users)
              .set(values)
              .where(and(eq(users.id, row.id), condition)),
    })
  })
}

function find(db: Pick<Database, 'select'>, organizationId: string, condition: SQL | undefined): Promise<User[]> {
  return db
    .select()
    .from(users)
    .where(and(eq(users.organizationId, organizationId), condition))
    .orderBy(desc(users.active), asc(users.name), asc(users.email))
}

/** People outside of any organization have one of their own, as in `workspaces.ts`. */
function tenantOf({ organizationId, user }: Session): string {
  return organizationId ?? user.id
}

export function small(email: string | undefined): string | null {
  return email?.toLowerCase() ?? null
}

/** Nobody for no address. */
export function withEmail(email: string | null): SQL {
  return email === null ? sql`false` : eq(users.email, email)
}
