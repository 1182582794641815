import { auth } from '@/lib/auth'
import { database } from '@/lib/database'

/**
 * A bad environment is told in full as the server starts, and answers 500 until it is right. The database is opened then,
 * too, because PGlite takes seconds, and nobody's login should wait for them.
 */
export function register(): void {
  auth.register()
  database().catch(({ message }) => console.error(`No database: ${message}`))
}
