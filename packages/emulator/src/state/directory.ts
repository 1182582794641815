import { newId } from '../ids.js'
import type { Feature, Seed, SeedClient, SeedMachine, SeedOrganization, SeedUser } from '../seed/types.js'

/** A web application, as it is now. */
export type Client = SeedClient
/** An organization, as it is now. */
export type Organization = SeedOrganization
/** A person, as they are now. */
export type User = SeedUser

/** What may change at a client while the emulator runs. */
export type ClientPatch = Partial<
  Pick<Client, 'redirectUris' | 'postLogoutRedirectUris' | 'backchannelLogoutUri' | 'initiateLoginUri'>
>

/** The connections behind logins that are not SSO; `amr` names them. */
const emailConnection = 'conn_103900000000000000'
const socialConnections: ReadonlyMap<string, string> = new Map(
  ['google', 'microsoft', 'github', 'gitlab', 'linkedin', 'salesforce'].map((provider, index) => [
    provider,
    `conn_10390000000000000${index + 1}`,
  ]),
)

/** Something that happened to the directory, by the name that Scalekit's webhooks have for it. */
export interface DirectoryChange {
  readonly type:
    | 'organization.created'
    | 'organization.updated'
    | 'user.organization_membership_created'
    | 'user.organization_membership_updated'
    | 'user.organization_membership_deleted'
  readonly organizationId: string
  readonly userId?: string
}

/** Who exists: clients, organizations, people, their memberships, roles and permissions. */
export class Directory {
  readonly #roles: ReadonlyMap<string, Seed['roles'][number]>
  readonly #seed: Seed
  readonly #clients: Map<string, Client>
  readonly #organizations: Map<string, Organization>
  readonly #users: Map<string, User>
  readonly #changed: (change: DirectoryChange) => void

  constructor(seed: Seed, changed: (change: DirectoryChange) => void = () => {}) {
    this.#changed = changed
    this.#seed = seed
    this.#roles = new Map(seed.roles.map((role) => [role.name, role]))
    this.#clients = new Map(seed.clients.map((client) => [client.id, client]))
    this.#organizations = new Map(seed.organizations.map((organization) => [organization.id, organization]))
    this.#users = new Map(seed.users.map((user) => [user.id, user]))
  }

  get clients(): readonly Client[] {
    return [...this.#clients.values()]
  }

  get organizations(): readonly Organization[] {
    return [...this.#organizations.values()]
  }

  get users(): readonly User[] {
    return [...this.#users.values()]
  }

  get machines(): readonly SeedMachine[] {
    return this.#seed.machines ?? []
  }

  machine(id: string): SeedMachine | undefined {
    return this.machines.find((machine) => machine.id === id)
  }

  get roleNames(): readonly string[] {
    return [...this.#roles.keys()]
  }

  /** The role of whoever joins without being given another one. */
  get memberRole(): string {
    return this.#seed.memberRole
  }

  displayNameOfRole(name: string): string {
    return this.#roles.get(name)?.displayName ?? name
  }

  client(id: string): Client | undefined {
    return this.#clients.get(id)
  }

  updateClient(id: string, patch: ClientPatch): void {
    const client = this.#clients.get(id)
    if (client !== undefined) this.#clients.set(id, { ...client, ...patch })
  }

  organization(id: string): Organization | undefined {
    return this.#organizations.get(id)
  }

  organizationOfConnection(connectionId: string): Organization | undefined {
    return this.organizations.find((organization) => organization.connectionId === connectionId)
  }

  /** Exact match only: a sub-domain is another domain. */
  organizationOfDomain(domain: string): Organization | undefined {
    return this.organizations.find((organization) => organization.domains.includes(domain.toLowerCase()))
  }

  setFeatures(id: string, features: Partial<Record<Feature, boolean>>): void {
    const organization = this.#organizations.get(id)
    if (organization === undefined) return
    this.#organizations.set(id, { ...organization, features: { ...organization.features, ...features } })
    this.#changed({ type: 'organization.updated', organizationId: id })
  }

  setSsoRequired(id: string, ssoRequired: boolean): void {
    const organization = this.#organizations.get(id)
    if (organization === undefined) return
    this.#organizations.set(id, { ...organization, ssoRequired })
    this.#changed({ type: 'organization.updated', organizationId: id })
  }

  addOrganization(name: string): Organization {
    const organization: Organization = { id: newId('org'), name, domains: [], features: {} }
    this.#organizations.set(organization.id, organization)
    this.#changed({ type: 'organization.created', organizationId: organization.id })
    return organization
  }

  user(id: string): User | undefined {
    return this.#users.get(id)
  }

  userByEmail(email: string): User | undefined {
    const wanted = email.trim().toLowerCase()
    return this.users.find((user) => user.email.toLowerCase() === wanted)
  }

  addUser(user: Pick<User, 'email' | 'givenName' | 'familyName'>): User {
    const added: User = { ...user, id: newId('usr'), memberships: [] }
    this.#users.set(added.id, added)
    return added
  }

  /** The organizations of a person, in the order of the memberships. */
  organizationsOf(userId: string): readonly Organization[] {
    const memberships = this.#users.get(userId)?.memberships ?? []
    return memberships.flatMap((membership) => this.#organizations.get(membership.organization) ?? [])
  }

  isMember(userId: string, organizationId: string): boolean {
    return this.organizationsOf(userId).some((organization) => organization.id === organizationId)
  }

  membersOf(organizationId: string): readonly User[] {
    return this.users.filter((user) => this.isMember(user.id, organizationId))
  }

  setMember(userId: string, organizationId: string, roles: readonly string[]): void {
    const user = this.#users.get(userId)
    if (user === undefined) return
    const others = user.memberships.filter((membership) => membership.organization !== organizationId)
    const membership = { organization: organizationId, roles }
    const at = user.memberships.findIndex((candidate) => candidate.organization === organizationId)
    const memberships = at === -1 ? [...others, membership] : user.memberships.with(at, membership)
    this.#users.set(userId, { ...user, memberships })
    const type = at === -1 ? 'user.organization_membership_created' : 'user.organization_membership_updated'
    this.#changed({ type, userId, organizationId })
  }

  /** Adds a person who came by SSO, with the role for new members; an existing membership stays as it is. */
  join(userId: string, organizationId: string): void {
    if (!this.isMember(userId, organizationId)) this.setMember(userId, organizationId, [this.memberRole])
  }

  /** Makes a person the creator of an organization. */
  found(userId: string, organizationId: string): void {
    this.setMember(userId, organizationId, [this.#seed.creatorRole])
  }

  removeMember(userId: string, organizationId: string): void {
    const user = this.#users.get(userId)
    if (user === undefined) return
    const memberships = user.memberships.filter((membership) => membership.organization !== organizationId)
    this.#users.set(userId, { ...user, memberships })
    this.#changed({ type: 'user.organization_membership_deleted', userId, organizationId })
  }

  rolesOf(userId: string, organizationId: string): readonly string[] {
    const memberships = this.#users.get(userId)?.memberships ?? []
    return memberships.find((membership) => membership.organization === organizationId)?.roles ?? []
  }

  permissionsOf(userId: string, organizationId: string): readonly string[] {
    const roles = this.rolesOf(userId, organizationId)
    return [...new Set(roles.flatMap((name) => this.#roles.get(name)?.permissions ?? []))]
  }

  /** The `amr` of a login: the connection that proved who it is. */
  connectionOf(login: { readonly provider?: string | undefined }): string {
    return socialConnections.get(login.provider ?? '') ?? emailConnection
  }

  isProvider(name: string): boolean {
    return socialConnections.has(name)
  }
}
