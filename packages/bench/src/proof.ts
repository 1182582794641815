import { type ForgedSession, signedIn } from '@scalegate/testing'
import { type Answer, ask, logIn } from './browser.js'
import type { Server } from './server.js'
import type { Subject } from './subjects.js'

/** The seeded people of the emulator: one with the permission, one without. */
const people = {
  ada: { id: 'usr_104000000000000001', email: 'ada@acme.test' },
  gil: { id: 'usr_104000000000000004', email: 'gil@acme.test' },
}

/** What a proven server answers, and to what. */
export interface Proven {
  /** Text of a `Cookie` header that is let in; undefined where a server is asked without one. */
  readonly cookie?: string
  /** The body of every right answer. */
  readonly body: string
  /** Further cookies that are let in, each of another session. */
  readonly newCookies: (count: number) => Promise<readonly string[]>
}

export const path = '/members'

/**
 * Shows that a server decides: the cookie lets in, again and again, and without it, with a changed one, or with that of
 * somebody without the permission, nobody comes in.
 *
 * @throws Error that says which of it is not so. Such a server has no number.
 */
export async function prove(subject: Subject, server: Server): Promise<Proven> {
  const url = server.origin + path
  const body = JSON.stringify({ id: people.ada.id })
  const claim = (holds: boolean, what: string, { status, text }: Answer) => {
    if (!holds) throw new Error(`${subject.id} is not measured: ${what} gets ${status} ${text.slice(0, 200)}`)
  }
  const letsIn = async (cookie: string | undefined, what: string) => {
    const answer = await ask(url, cookie === undefined ? {} : { cookie })
    claim(answer.status === 200 && answer.text === body, what, answer)
  }
  const keepsOut = async (cookie: string | undefined, what: string) => {
    const answer = await ask(url, cookie === undefined ? {} : { cookie })
    claim([302, 303, 401, 403].includes(answer.status) && !answer.text.includes(people.ada.id), what, answer)
  }

  if (!subject.guarded) {
    await letsIn(undefined, 'a stranger')
    const cookie = subject.cookies === 'one' ? `session=${'x'.repeat(typicalCookie)}` : undefined
    return { body, newCookies: noCookies, ...(cookie === undefined ? {} : { cookie }) }
  }
  await keepsOut(undefined, 'no cookie')
  const real = await logIn(`${server.origin}/signed-in`, people.ada.email)
  const forge = (person: ForgedSession) => forged(person, server, real.length)
  const newCookies = (count: number) => many(count, () => forge(ada))
  const isNew = subject.cookies === 'new'
  const [cookie, other] = isNew ? await newCookies(2) : [real, real]
  const stranger = isNew ? await forge(gil) : await logIn(`${server.origin}/signed-in`, people.gil.email)
  if (cookie === undefined || other === undefined) throw new TypeError('Two cookies were asked for.')

  await letsIn(cookie, 'the cookie')
  await letsIn(other, isNew ? 'another session' : 'the same cookie again')
  await keepsOut(changed(cookie), 'a changed cookie')
  await keepsOut(stranger, 'somebody without the permission')
  return { cookie, body, newCookies: isNew ? newCookies : noCookies }
}

/** Characters that a server reads which needs none: about what a real session has. */
const typicalCookie = 4000

const ada: ForgedSession = {
  user: { id: people.ada.id, email: people.ada.email, name: 'Ada Admin' },
  organizationId: 'org_102000000000000001',
  roles: ['admin'],
  permissions: ['sk_org_users_read', 'sk_org_settings_read', 'projects:create', 'projects:read', 'projects:delete'],
}

const gil: ForgedSession = { ...ada, user: { id: people.gil.id }, roles: ['guest'], permissions: ['projects:read'] }

/** Forged tokens have no signature; a claim makes up for it, so that as much is opened as of a real session. */
async function forged(person: ForgedSession, { environment }: Server, length: number): Promise<string> {
  const make = async (padding: string) => (await signedIn({ ...person, claims: { padding } }, {}, environment)).cookie
  const cookie = await make(paddings.get(length) ?? '')
  if (paddings.has(length)) return cookie
  // Three quarters, because a token is base64url; and three quarters again, because the seal is.
  paddings.set(length, 'x'.repeat(Math.max(0, Math.round((length - cookie.length) * (9 / 16)))))
  return forged(person, { environment } as Server, length)
}

/** Length of a real cookie → what a forged one needs. */
const paddings = new Map<number, string>()

async function many(count: number, make: () => Promise<string>): Promise<readonly string[]> {
  const made: string[] = []
  while (made.length < count) made.push(...(await Promise.all(Array.from({ length: 64 }, make))))
  return made
}

async function noCookies(): Promise<readonly string[]> {
  return []
}

/** Another character in the middle. */
function changed(cookie: string): string {
  const middle = Math.floor(cookie.length / 2)
  return cookie.slice(0, middle) + (cookie[middle] === 'A' ? 'B' : 'A') + cookie.slice(middle + 1)
}
