import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { boolean, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'

/** The app's own users, one row for each person of each organization. */
export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    organizationId: text('organization_id').notNull(),
    /** `usr_…`, from the first login on. */
    scalekitId: text('scalekit_id'),
    /** In small letters. */
    email: text('email'),
    name: text('name'),
    role: text('role'),
    /** False is the word of the directory: it removed them, or calls them inactive. */
    active: boolean('active').notNull().default(true),
    /** `diruser_…`, from the first word of a directory on. */
    directoryId: text('directory_id'),
    directoryGroups: text('directory_groups').array().notNull().default([]),
    directoryFingerprint: text('directory_fingerprint'),
    directoryUpdatedAt: timestamp('directory_updated_at', { withTimezone: true, mode: 'string' }),
  },
  ({ organizationId, scalekitId, directoryId }) => [
    unique().on(organizationId, scalekitId),
    unique().on(organizationId, directoryId),
  ],
)

/**
 * The same in SQL, which is enough for one table. An app whose tables change has migrations: `npx drizzle-kit generate`.
 * The lock is for several processes that start at once, and is gone with the statement's transaction.
 */
const schema = `
  SELECT pg_advisory_xact_lock(1);
  CREATE TABLE IF NOT EXISTS users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id text NOT NULL,
    scalekit_id text,
    email text,
    name text,
    role text,
    active boolean NOT NULL DEFAULT true,
    directory_id text,
    directory_groups text[] NOT NULL DEFAULT '{}',
    directory_fingerprint text,
    directory_updated_at timestamptz,
    UNIQUE (organization_id, scalekit_id),
    UNIQUE (organization_id, directory_id)
  )`

export type Database = PgDatabase<PgQueryResultHKT>

/** One Next process is several programs, each with modules of its own, and a PGlite is for one opener: what all share is `globalThis`. */
const shared = globalThis as { plainboardDatabase?: Promise<Database> }

/** Opened by whoever asks first, so that a build needs no database and the proxy loads none. */
export function database(): Promise<Database> {
  shared.plainboardDatabase ??= open().catch((error) => {
    // The next one tries again.
    delete shared.plainboardDatabase
    throw error
  })
  return shared.plainboardDatabase
}

function open(): Promise<Database> {
  const url = process.env.DATABASE_URL
  return url ? openPostgres(url) : openPglite(process.env.PGLITE_DIRECTORY)
}

/** A server. */
async function openPostgres(connectionString: string): Promise<Database> {
  const [{ drizzle }, { Pool }] = await Promise.all([import('drizzle-orm/node-postgres'), import('pg')])
  const client = new Pool({ connectionString, connectionTimeoutMillis: 5000 })
  // A connection that breaks while nobody uses it; unheard it would end the process.
  client.on('error', ({ message }) => console.error('Postgres:', message))
  await client.query(schema)
  return drizzle({ client })
}

/** Postgres within this process: in a directory, or in memory and gone with the process. */
async function openPglite(directory: string | undefined): Promise<Database> {
  const [{ drizzle }, { PGlite }] = await Promise.all([import('drizzle-orm/pglite'), import('@electric-sql/pglite')])
  const client = await PGlite.create(directory || 'memory://')
  await client.exec(schema)
  return drizzle({ client })
}
