import type { Environment } from '../environment.js'
import { newId } from '../ids.js'
import { ShapeError } from '../shape.js'
import type { Organization, User } from '../state/directory.js'
import type { Session } from '../state/sessions.js'

/** Whom an event is about, by id; what is left out is chosen. */
export interface SubjectIds {
  readonly userId?: string | undefined
  readonly organizationId?: string | undefined
  readonly sessionId?: string | undefined
  /** In place of `userId`, for somebody who may have no account yet. */
  readonly email?: string | undefined
}

/** Whom an event is about, as the environment knows them now. */
export interface Subject {
  readonly user: User
  readonly organization: Organization
  /** The named session, or the latest of the person. */
  readonly session?: Session
}

/**
 * Finds the parts of an event: the named ones; else those of the named session, or of the latest live one when nothing
 * is named, so that a button is about whoever is logged in; else the first of the seed.
 *
 * @throws ShapeError for an id that names nobody.
 */
export function subjectOf(environment: Environment, ids: SubjectIds): Subject {
  const { directory, sessions } = environment
  const isOpen = Object.values(ids).every((id) => id === undefined)
  const named = isOpen
    ? sessions.all.findLast((session) => sessions.isLive(session))
    : find('sessionId', ids.sessionId, (id) => sessions.find(id))
  const user =
    (ids.email === undefined ? undefined : (directory.userByEmail(ids.email) ?? newcomer(ids.email))) ??
    find('userId', ids.userId, (id) => directory.user(id)) ??
    // Whoever had the session may be gone by now.
    directory.user(named?.userId ?? '') ??
    directory.users[0] ??
    newcomer('nobody@emulator.test')
  const session = named ?? sessions.all.findLast(({ userId }) => userId === user.id)
  const organization = find('organizationId', ids.organizationId, (id) => directory.organization(id)) ??
    directory.organization(named?.organizationId ?? '') ??
    directory.organizationsOf(user.id)[0] ??
    directory.organizations[0] ?? { id: newId('org'), name: 'Nowhere', domains: [], features: {} }
  return { user, organization, ...(session === undefined ? {} : { session }) }
}

/** Scalekit makes the account when it invites; the emulator makes it when the invitation is accepted. */
function newcomer(email: string): User {
  return { id: newId('usr'), email, emailVerified: false, givenName: '', familyName: '', memberships: [] }
}

function find<T>(path: string, id: string | undefined, look: (id: string) => T | undefined): T | undefined {
  if (id === undefined) return undefined
  const found = look(id)
  if (found === undefined) throw new ShapeError(path, `names nothing here: ${id}`)
  return found
}
