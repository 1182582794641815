import type { ManagementClient, User } from '@scalegate/core/management'
import type { PluginKit } from '@scalegate/core/plugin'
import { clockSkew, secondsOf } from './instant.js'
import type { DirectoryOptions } from './options.js'
import type { DirectoryPerson, FormerPerson } from './person.js'
import { rolesIn } from './role-mapping.js'

type Calling = { readonly signal?: AbortSignal }

/** The people who log in, for those whom a directory knows: two lists with ids of their own, and the address in common. */
export interface Members {
  /**
   * Ends the person's sessions in this organization here. Nobody's where it is not clear whose.
   *
   * @param occurredAt when they left, from `instantOf`
   */
  readonly endSessions: (person: FormerPerson, occurredAt: string, calling?: Calling) => Promise<void>
  /** Brings the member's roles in line. True where they had to be changed, or would have to be. */
  readonly assignRoles: (person: DirectoryPerson, how?: AssignOptions) => Promise<boolean>
  /** Everybody of an organization at once, for many calls of `assignRoles`; undefined where it does nothing. */
  readonly roster: (organizationId: string, calling?: Calling) => Promise<Roster | undefined>
}

interface AssignOptions extends Calling {
  readonly dryRun?: boolean
  /** Without it the member is searched for. */
  readonly roster?: Roster | undefined
}

/** E-mail address in small letters → the one member who has it. */
export type Roster = ReadonlyMap<string, Member | 'several'>

type Member = Pick<User, 'id'> & { readonly roles: readonly string[] | undefined }

export function createMembers(kit: PluginKit, client: () => ManagementClient, options: DirectoryOptions): Members {
  const { users, roles: mapping } = options
  const assignment = typeof options.assignRoles === 'object' ? options.assignRoles : {}
  const managed = new Set(assignment.managed ?? rolesIn(mapping) ?? [])

  return {
    async endSessions(person, occurredAt, calling = {}) {
      const userId = (await users.accountId?.(person)) || (await accountOf(person, calling))
      if (userId === undefined) return kit.report('account_not_found')
      // Until the event came, nothing kept the person from a new login; and logins are by Scalekit's clock, as events are.
      const at = Math.max(kit.clock(), Math.min(secondsOf(occurredAt), kit.clock() + clockSkew))
      await kit.endSessions({ scope: 'member', userId, organizationId: person.organizationId, at })
    },
    async assignRoles(person, { dryRun = false, roster, ...calling } = {}) {
      if (!options.assignRoles) return false
      const { organizationId } = person
      const member = await candidate(person, roster, calling)
      if (member === undefined) return false
      const key = { organizationId, userId: member.id }
      const wantedOf = (held: readonly string[]): readonly string[] | undefined => {
        const kept = assignment.exclusive ? [] : held.filter((name) => !managed.has(name))
        const wanted = [...new Set([...kept, ...person.roles])]
        const isSame = wanted.length === held.length && wanted.every((name) => held.includes(name))
        return isSame ? undefined : wanted
      }
      if (member.roles !== undefined && wantedOf(member.roles) === undefined) return false
      // All of them are sent, and the list may be as old as the run: what an admin took by hand since then would be back.
      const wanted = wantedOf((await client().roles.ofUser(key, calling)).map(({ name }) => name))
      if (wanted === undefined) return false
      if (dryRun) return true
      try {
        await client().memberships.update(key, { roles: wanted }, calling)
      } finally {
        // After a lost answer too: the next time there may be nothing left to change, and nobody would hear of it.
        await kit.refreshSessions(key)
      }
      return true
    },
    async roster(organizationId, calling = {}) {
      if (!options.assignRoles) return undefined
      const roster = new Map<string, Member | 'several'>()
      for await (const user of client().users.list({ organizationId }, calling)) {
        const email = user.email?.toLowerCase()
        if (email === undefined) continue
        const isOther = roster.has(email) && (roster.get(email) as Member).id !== user.id
        roster.set(email, isOther ? 'several' : memberIn(organizationId, user))
      }
      return roster
    },
  }

  async function candidate(
    person: DirectoryPerson,
    roster: Roster | undefined,
    calling: Calling,
  ): Promise<Member | undefined> {
    const { organizationId, email } = person
    if (roster === undefined) {
      const user = await memberOf(person, calling)
      return user && memberIn(organizationId, user)
    }
    const member = email === undefined ? undefined : roster.get(email.toLowerCase())
    return member === 'several' ? undefined : member
  }

  /** A member who is inactive may be in no list of members; the address is theirs in the whole environment. */
  async function accountOf(person: FormerPerson, calling: Calling): Promise<string | undefined> {
    // Modular SSO has no users to ask for.
    if (kit.settings().product === 'modular_sso') return undefined
    const member = await memberOf(person, calling)
    if (member !== undefined || !isQuery(person.email)) return member?.id
    return (await onlyOne(client().users.searchAll({ query: person.email }, calling), person.email))?.id
  }

  async function memberOf({ organizationId, email }: FormerPerson, calling: Calling): Promise<User | undefined> {
    if (email === undefined) return undefined
    const { users } = client()
    const found = isQuery(email)
      ? users.search({ organizationId, query: email }, calling)
      : users.list({ organizationId }, calling)
    return onlyOne(found, email)
  }
}

/** Lists may be without roles. */
function memberIn(organizationId: string, { id, memberships }: User): Member {
  const membership = memberships?.find((one) => one.organizationId === organizationId)
  return { id, roles: membership?.roles?.map(({ name }) => name) }
}

/** A search finds parts of addresses: whoever has this very one, if that is one person. */
async function onlyOne(users: AsyncIterable<User>, email: string): Promise<User | undefined> {
  let found: User | undefined
  for await (const user of users) {
    if (user.email?.toLowerCase() !== email.toLowerCase()) continue
    if (found !== undefined && found.id !== user.id) return undefined
    found = user
  }
  return found
}

/** What Scalekit takes as a search. */
function isQuery(email: string | undefined): email is string {
  return email !== undefined && email.length >= 3 && email.length <= 100
}
