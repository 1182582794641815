import { flag, listOf, mapOf, matching, object, oneOf, read, type Shape, ShapeError, text, unknown } from '../shape.js'
import { endpointShape } from '../webhooks/endpoint.js'
import { type Feature, features, type Seed } from './types.js'

const idOf = (prefix: string): Shape<string> =>
  matching(new RegExp(`^${prefix}_[0-9A-Za-z]{1,28}$`), `an id that starts with ${prefix}_`)

const domain = matching(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain name in lower case')
const email = matching(/^[^@\s]+@[^@\s]+$/, 'an e-mail address')
const scope = matching(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'a scope (RFC 6749 §3.3)')
const role = matching(/^[A-Za-z0-9_]{1,64}$/, 'a role name: letters, digits and _, at most 64')

const address: Shape<string> = (value, path) => {
  const found = text(value, path)
  if (!URL.canParse(found)) throw new ShapeError(path, 'must be an absolute URL')
  return found
}

/** Claims that Scalekit reserves (its "session token claims" page), and those every token needs. */
const reserved = new Set([
  'sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'oid', 'sid', 'xoid', 'xuid', 'roles', 'permissions', 'client_id',
]) // biome-ignore format: a list

const claims: Shape<Readonly<Record<string, unknown>>> = (value, path) => {
  const found = mapOf(unknown)(value, path)
  const taken = Object.keys(found).find((name) => reserved.has(name))
  if (taken !== undefined) throw new ShapeError(`${path}.${taken}`, 'is a reserved claim')
  return found
}

const featureMap: Shape<Readonly<Partial<Record<Feature, boolean>>>> = (value, path) =>
  object({}, Object.fromEntries(features.map((name) => [name, flag])) as Record<Feature, Shape<boolean>>)(value, path)

const machine = object(
  { id: idOf('m2morg'), secret: text, name: text, organization: idOf('org'), scopes: listOf(scope) },
  { audience: listOf(text) },
)

const members = {
  environmentId: idOf('env'),
  clients: listOf(
    object(
      {
        id: idOf('skc'),
        secret: text,
        name: text,
        redirectUris: listOf(address),
        postLogoutRedirectUris: listOf(address),
      },
      { backchannelLogoutUri: address, initiateLoginUri: address },
    ),
  ),
  roles: listOf(
    object({ name: role, displayName: text, permissions: listOf(text) }, { description: text, extends: role }),
  ),
  creatorRole: role,
  memberRole: role,
  organizations: listOf(
    object(
      { id: idOf('org'), name: text, domains: listOf(domain), features: featureMap },
      {
        externalId: text,
        slug: text,
        logoUrl: address,
        metadata: mapOf(text),
        connectionId: idOf('conn'),
        ssoRequired: flag,
        claims,
      },
    ),
  ),
  users: listOf(
    object(
      {
        id: idOf('usr'),
        email,
        givenName: text,
        familyName: text,
        memberships: listOf(
          object({ organization: idOf('org'), roles: listOf(role) }, { status: oneOf('ACTIVE', 'INACTIVE') }),
        ),
      },
      { emailVerified: flag, picture: text, locale: text, externalId: text, metadata: mapOf(text), claims },
    ),
  ),
}

const shape: Shape<Seed> = object(members, { machines: listOf(machine), webhooks: listOf(endpointShape) })

/**
 * Reads a seed from outside and checks that its parts fit together.
 *
 * @throws ShapeError naming the path of the first problem, e.g. `users[1].memberships[0].roles[0]`.
 */
export function parseSeed(value: unknown): Seed {
  const seed = read(shape, value)
  if (seed.clients.length === 0) throw new ShapeError('clients', 'must hold at least one client')
  refuseTwins(
    'clients',
    seed.clients.map((client) => client.id),
  )
  refuseTwins(
    'webhooks',
    (seed.webhooks ?? []).map(({ url }) => url),
  )
  refuseTwins(
    'roles',
    seed.roles.map((entry) => entry.name),
  )
  refuseTwins(
    'organizations',
    seed.organizations.map((organization) => organization.id),
  )
  refuseTwins(
    'machines',
    (seed.machines ?? []).map(({ id }) => id),
  )
  refuseTwins(
    'users',
    seed.users.map((user) => user.id),
  )
  refuseTwins(
    'users',
    seed.users.map((user) => user.email.toLowerCase()),
  )
  refuseTwins(
    'organizations[].domains',
    seed.organizations.flatMap((organization) => organization.domains),
  )
  refuseStrangers(seed)
  return seed
}

function refuseTwins(path: string, keys: readonly string[]): void {
  const twin = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twin !== undefined) throw new ShapeError(path, `must not hold ${twin} twice`)
}

function refuseStrangers(seed: Seed): void {
  const roles = new Set(seed.roles.map((entry) => entry.name))
  const organizations = new Set(seed.organizations.map((organization) => organization.id))
  if (!roles.has(seed.creatorRole)) throw new ShapeError('creatorRole', `names no role: ${seed.creatorRole}`)
  if (!roles.has(seed.memberRole)) throw new ShapeError('memberRole', `names no role: ${seed.memberRole}`)
  seed.roles.forEach((entry, r) => {
    if (entry.extends === undefined || roles.has(entry.extends)) return
    throw new ShapeError(`roles[${r}].extends`, `names no role: ${entry.extends}`)
  })
  seed.organizations.forEach(({ ssoRequired, connectionId }, o) => {
    if (ssoRequired === true && connectionId === undefined) {
      throw new ShapeError(`organizations[${o}].ssoRequired`, 'needs a connectionId')
    }
  })
  seed.machines?.forEach(({ organization }, m) => {
    if (organizations.has(organization)) return
    throw new ShapeError(`machines[${m}].organization`, `names no organization: ${organization}`)
  })
  seed.users.forEach((user, u) => {
    user.memberships.forEach((membership, m) => {
      const path = `users[${u}].memberships[${m}]`
      if (!organizations.has(membership.organization)) {
        throw new ShapeError(`${path}.organization`, `names no organization: ${membership.organization}`)
      }
      membership.roles.forEach((name, r) => {
        if (!roles.has(name)) throw new ShapeError(`${path}.roles[${r}]`, `names no role: ${name}`)
      })
    })
  })
}
