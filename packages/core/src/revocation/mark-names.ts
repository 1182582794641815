import type { RevocableSession, RevocationSubject, RevocationTarget } from './revocation-marks.js'

/** The names of all the marks that can mean one session. */
export interface MarkNames {
  /** Of marks that end it. */
  readonly ending: readonly string[]
  /** Of marks after which it must be confirmed. */
  readonly outdating: readonly string[]
}

export function endingName(target: RevocationTarget): string {
  if ('session' in target) return `session:${target.session}`
  if ('sid' in target) return `sid:${target.sid}`
  if (target.sub === undefined) return `organization:${target.organization}`
  return subjectName(target.sub, target.organization)
}

export function outdatingName({ sub, organization }: RevocationSubject): string {
  return `outdated:${subjectName(sub, organization)}`
}

export function isOutdating(name: string): boolean {
  return name.startsWith('outdated:')
}

/** What stands before the names of one app's marks in a store that several may share. */
export function ownersPrefix(owner: string): string {
  return `${owner} `
}

/** One text for each pair, whatever characters are in it: the length says where the organization ends. */
function subjectName(sub: string, organization?: string): string {
  return organization === undefined ? `sub:${sub}` : `member:${organization.length}:${organization}${sub}`
}

const known = new WeakMap<RevocableSession, MarkNames>()

/** A session is looked up at every request, and is the same object each time. */
export function namesOf(session: RevocableSession): MarkNames {
  const before = known.get(session)
  if (before !== undefined) return before
  const names = namesAnew(session)
  known.set(session, names)
  return names
}

function namesAnew({ id, sid, sub, organizationId: organization }: RevocableSession): MarkNames {
  const targets: readonly RevocationTarget[] = [
    ...(id === undefined ? [] : [{ session: id }]),
    ...(sid === undefined ? [] : [{ sid }]),
    { sub },
    ...(organization === undefined ? [] : [{ sub, organization }, { organization }]),
  ]
  const subjects = [{ sub }, ...(organization === undefined ? [] : [{ sub, organization }])]
  return { ending: targets.map(endingName), outdating: subjects.map(outdatingName) }
}
