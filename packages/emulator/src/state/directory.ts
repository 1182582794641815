import type { Feature, Seed, SeedClient, SeedMachine } from '../seed/types.js'
import { type ConnectionChange, Connections } from './connections.js'
import { type DomainChange, Domains } from './domains.js'
import { type NewOrganization, type Organization, type OrganizationChange, Organizations } from './organizations.js'
import { isActive, type MembershipChange, type NewUser, People, type User } from './people.js'
import { type RoleChange, Roles } from './roles.js'

export type { Organization } from './organizations.js'
export type { User } from './people.js'

/** A web application, as it is now. */
export type Client = SeedClient

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
export type DirectoryChange = OrganizationChange | MembershipChange | RoleChange

/** Who exists: clients, organizations, people, their memberships, roles and permissions. */
export class Directory {
  /** Roles and permissions. */
  readonly roles: Roles
  /** The customers themselves. */
  readonly customers: Organizations
  /** The people themselves. */
  readonly people: People
  /** Single sign-on of the customers. */
  readonly connections: Connections
  /** Domains of the customers. */
  readonly domains: Domains
  readonly #seed: Seed
  readonly #clients: Map<string, Client>

  constructor(
    seed: Seed,
    changed: (change: DirectoryChange) => void = () => {},
    selfServed: (change: ConnectionChange | DomainChange) => void = () => {},
  ) {
    this.#seed = seed
    this.#clients = new Map(seed.clients.map((client) => [client.id, client]))
    this.roles = new Roles(seed, changed)
    this.customers = new Organizations(seed.organizations, changed)
    this.people = new People(seed.users, changed)
    this.connections = new Connections(seed.organizations, selfServed)
    this.domains = new Domains(seed.organizations, selfServed)
  }

  get clients(): readonly Client[] {
    return [...this.#clients.values()]
  }

  get organizations(): readonly Organization[] {
    return this.customers.all
  }

  get users(): readonly User[] {
    return this.people.all
  }

  /** Machine clients of the organizations that there are. */
  get machines(): readonly SeedMachine[] {
    return (this.#seed.machines ?? []).filter(({ organization }) => this.organization(organization) !== undefined)
  }

  machine(id: string): SeedMachine | undefined {
    return this.machines.find((machine) => machine.id === id)
  }

  /** The roles that somebody can have in an organization; without one those of the environment. */
  roleNames(organizationId?: string): readonly string[] {
    return [...new Set(this.roles.of(organizationId).map(({ name }) => name))]
  }

  /** The role of whoever joins an organization without being given another one. */
  memberRole(organizationId: string): string {
    return this.organization(organizationId)?.memberRole ?? this.roles.memberRole
  }

  displayNameOfRole(name: string, organizationId?: string): string {
    return this.roles.find(name, organizationId)?.displayName ?? name
  }

  client(id: string): Client | undefined {
    return this.#clients.get(id)
  }

  updateClient(id: string, patch: ClientPatch): void {
    const client = this.#clients.get(id)
    if (client !== undefined) this.#clients.set(id, { ...client, ...patch })
  }

  organization(id: string): Organization | undefined {
    return this.customers.find(id)
  }

  organizationOfConnection(connectionId: string): Organization | undefined {
    return this.organization(this.connections.find(connectionId)?.organizationId ?? '')
  }

  /** Exact match only: a sub-domain is another domain. */
  organizationOfDomain(domain: string): Organization | undefined {
    return this.organization(this.domains.ownerOf(domain) ?? '')
  }

  setFeatures(id: string, features: Partial<Record<Feature, boolean>>): void {
    this.customers.setFeatures(id, features)
  }

  setSsoRequired(id: string, ssoRequired: boolean): void {
    this.customers.update(id, { ssoRequired })
  }

  addOrganization(organization: NewOrganization): Organization {
    return this.customers.add(organization)
  }

  user(id: string): User | undefined {
    return this.people.find(id)
  }

  userByEmail(email: string): User | undefined {
    return this.people.ofEmail(email)
  }

  addUser(user: NewUser): User {
    return this.people.add(user)
  }

  /** The organizations that a person may enter, in the order of the memberships: open invitations are none. */
  organizationsOf(userId: string): readonly Organization[] {
    const memberships = this.user(userId)?.memberships ?? []
    return memberships.filter(isActive).flatMap(({ organization }) => this.organization(organization) ?? [])
  }

  /** True for those who may enter the organization. */
  isMember(userId: string, organizationId: string): boolean {
    return this.organizationsOf(userId).some((organization) => organization.id === organizationId)
  }

  membersOf(organizationId: string): readonly User[] {
    return this.users.filter((user) => this.isMember(user.id, organizationId))
  }

  /** Everybody with a membership of any status. */
  enlistedIn(organizationId: string): readonly User[] {
    return this.users.filter((user) => user.memberships.some(({ organization }) => organization === organizationId))
  }

  /** Gives somebody these roles; a new membership is active at once, another one keeps its status. */
  setMember(userId: string, organizationId: string, roles: readonly string[]): void {
    this.people.setMembership(userId, organizationId, { roles })
  }

  /** Lets somebody in who accepted an invitation. */
  accept(
    userId: string,
    organizationId: string,
    patch: { readonly roles: readonly string[]; readonly at: number },
  ): void {
    this.people.setMembership(userId, organizationId, {
      roles: patch.roles,
      status: undefined,
      acceptedAt: patch.at,
      provisioning: 'invitation',
      expiresAt: undefined,
    })
  }

  /**
   * Adds a person who came by SSO, with the role for new members. An open invitation is accepted by that; a membership
   * that was switched off stays so, since an identity provider's login must not bring back whom a directory removed.
   */
  join(userId: string, organizationId: string, at: number): void {
    const membership = this.people.membership(userId, organizationId)
    if (membership?.status === 'PENDING_INVITE') {
      this.accept(userId, organizationId, { roles: membership.roles, at })
    } else if (membership === undefined) {
      const roles = [this.memberRole(organizationId)]
      this.people.setMembership(userId, organizationId, { roles, provisioning: 'jit_using_sso' })
    }
  }

  /** Makes a person the creator of an organization. */
  found(userId: string, organizationId: string): void {
    const roles = [this.roles.creatorRole]
    this.people.setMembership(userId, organizationId, { roles, provisioning: 'org_creator' })
  }

  removeMember(userId: string, organizationId: string): void {
    this.people.removeMembership(userId, organizationId)
  }

  rolesOf(userId: string, organizationId: string): readonly string[] {
    return this.people.membership(userId, organizationId)?.roles ?? []
  }

  /** What somebody may do in an organization now: nothing before an invitation is accepted. */
  permissionsOf(userId: string, organizationId: string): readonly string[] {
    const membership = this.people.membership(userId, organizationId)
    if (membership === undefined || !isActive(membership)) return []
    return [...new Set(membership.roles.flatMap((name) => this.roles.permissionsOf(name, organizationId)))]
  }

  /** The `amr` of a login: the connection that proved who it is. */
  connectionOf(login: { readonly provider?: string | undefined }): string {
    return socialConnections.get(login.provider ?? '') ?? emailConnection
  }

  isProvider(name: string): boolean {
    return socialConnections.has(name)
  }
}
