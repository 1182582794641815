// The sessions that the audited app has of its own, on Express and Hono: an id in a cookie, and who that is in memory.

/** Id → person, with what a log-out and `hasEnded` ask for. */
const sessions = new Map()

export const ownCookie = 'own-session'

/** A new id at each login; the one before of this browser is worth nothing from then on. */
export function startOwn(cookieHeader, person) {
  endOwn(cookieHeader)
  const id = crypto.randomUUID()
  sessions.set(id, person)
  return id
}

export function findOwn(cookieHeader) {
  return sessions.get(idIn(cookieHeader))
}

export function endOwn(cookieHeader) {
  sessions.delete(idIn(cookieHeader))
}

/** Ends those of whom it holds. */
export function endOwnWhere(holds) {
  for (const [id, person] of sessions) if (holds(person)) sessions.delete(id)
}

function idIn(cookieHeader) {
  return new RegExp(`(?:^|; )${ownCookie}=([^;]+)`).exec(cookieHeader ?? '')?.[1]
}
