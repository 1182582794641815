import type { Context } from 'hono'

/** Done, and nothing to say. */
export function done(c: Context): Response {
  return c.body(null, 204)
}

/** Something that the call names does not exist. */
export function missing(c: Context, what: string): Response {
  return c.json({ error: 'not_found', message: `no such ${what}` }, 404)
}
