import type { DirectoryPerson, PersonGroup } from './person.js'

/**
 * Group name → role or roles, or a function of all groups of a person. Names count as written, capitals too. Whoever runs
 * a customer's directory names its groups: a role means something inside that organization only.
 */
export type RoleMapping =
  | Readonly<Record<string, string | readonly string[]>>
  | ((
      groups: readonly PersonGroup[],
      person: Pick<DirectoryPerson, 'id' | 'organizationId' | 'email'>,
    ) => readonly string[])

type Mapped = Pick<DirectoryPerson, 'id' | 'organizationId' | 'email' | 'groups'>

/** Each role once, in the order found. */
export function rolesOf(mapping: RoleMapping | undefined, { groups, ...person }: Mapped): readonly string[] {
  if (mapping === undefined) return []
  if (typeof mapping === 'function') return [...new Set(mapping(groups, person))]
  // A map: `constructor` is a member of every plain object, and a name that a group may have.
  const roles = new Map(Object.entries(mapping))
  return [...new Set(groups.flatMap(({ name }) => (name === undefined ? [] : [roles.get(name) ?? []].flat())))]
}

/** Every role that the mapping can give; undefined for a function, which does not say. */
export function rolesIn(mapping: RoleMapping | undefined): readonly string[] | undefined {
  if (typeof mapping === 'function') return undefined
  return [...new Set(Object.values(mapping ?? {}).flat())]
}
