import { createHash, randomUUID } from 'node:crypto'
import { now } from '../clock.js'
import { idOfName, newId } from '../ids.js'
import type { SeedOrganization } from '../seed/types.js'
import { isPublicDomain } from './domains-public.js'

/** Seconds that a TXT record may take to appear, as Scalekit documents it: 48 hours. */
const WINDOW = 48 * 3600

export const domainTypes = ['ORGANIZATION_DOMAIN', 'ALLOWED_EMAIL_DOMAIN'] as const
/** What a domain is for: finding the organization's SSO, or offering the organization to whoever signs in. */
export type DomainType = (typeof domainTypes)[number]

/** A domain of an organization. Instants are NumericDate seconds. */
export interface Domain {
  readonly id: string
  /** In lower case. */
  readonly name: string
  readonly type: DomainType
  readonly organizationId: string
  readonly status: 'PENDING' | 'VERIFIED' | 'FAILED' | 'AUTO_VERIFIED'
  readonly method: 'ADMIN' | 'DNS' | 'NOT_APPLICABLE'
  /** The TXT record at the domain's apex is `key=secret`. */
  readonly txtRecord: { readonly key: string; readonly secret: string }
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** Something that happened to a domain, by the name that Scalekit's webhooks have for it. */
export interface DomainChange {
  readonly type:
    | 'organization.domain_created'
    | 'organization.domain_deleted'
    | 'organization.domain_dns_verification_success'
    | 'organization.domain_dns_verification_failed'
  readonly organizationId: string
  readonly domain: Domain
}

/** Why a domain cannot be added. */
export type DomainRefusal = 'malformed' | 'public' | 'taken'

/** The domains of all organizations. */
export class Domains {
  readonly #domains: Map<string, Domain>
  readonly #changed: (change: DomainChange) => void

  constructor(seed: readonly SeedOrganization[], changed: (change: DomainChange) => void = () => {}) {
    this.#changed = changed
    const domains = seed.flatMap(({ id, domains: names }) => names.map((name) => seeded(id, name)))
    this.#domains = new Map(domains.map((domain) => [domain.id, domain]))
  }

  get all(): readonly Domain[] {
    return [...this.#domains.values()]
  }

  find(id: string): Domain | undefined {
    return this.#domains.get(id)
  }

  of(organizationId: string): readonly Domain[] {
    return this.all.filter((domain) => domain.organizationId === organizationId)
  }

  /** The names of the domains that an organization has proven to be its own. */
  ownedBy(organizationId: string): readonly string[] {
    return this.of(organizationId)
      .filter(isOwned)
      .map(({ name }) => name)
  }

  /** Who owns a domain. Exact match only: a sub-domain is another domain. */
  ownerOf(name: string): string | undefined {
    return this.all.find((domain) => isOwned(domain) && domain.name === name.trim().toLowerCase())?.organizationId
  }

  /**
   * Adds a domain. One that the app's own team adds is theirs to vouch for (`ADMIN`); one that the customer adds has to
   * be proven by DNS. An allowed e-mail domain proves nothing and needs no proof.
   */
  add(
    wanted: Pick<Domain, 'organizationId' | 'type'> & { readonly name: string; readonly by: 'ADMIN' | 'DNS' },
  ): Domain | DomainRefusal {
    const { organizationId, type, by } = wanted
    const name = wanted.name.trim().toLowerCase()
    if (!/^(?!-)[a-z0-9-]{1,63}(?:\.(?!-)[a-z0-9-]{1,63})+$/.test(name)) return 'malformed'
    if (isPublicDomain(name)) return 'public'
    const owner = type === 'ORGANIZATION_DOMAIN' ? this.ownerOf(name) : undefined
    const twin = this.of(organizationId).some((domain) => domain.name === name && domain.type === type)
    if (owner !== undefined || twin) return 'taken'
    const id = newId('dom')
    const proof =
      type === 'ALLOWED_EMAIL_DOMAIN'
        ? ({ status: 'AUTO_VERIFIED', method: 'NOT_APPLICABLE' } as const)
        : ({ status: by === 'ADMIN' ? 'VERIFIED' : 'PENDING', method: by } as const)
    const at = now()
    const txtRecord = recordOf(name, id, randomUUID())
    const added: Domain = { id, name, type, organizationId, ...proof, txtRecord, createdAt: at, updatedAt: at }
    this.#domains.set(id, added)
    this.#happened('organization.domain_created', added)
    return added
  }

  /** The TXT record was found. False when that is no longer asked, or when another organization was faster. */
  verify(id: string): boolean {
    const domain = this.find(id)
    if (domain?.status !== 'PENDING' || this.ownerOf(domain.name) !== undefined) return false
    this.#settle(domain, 'VERIFIED')
    return true
  }

  /** The window has passed without the TXT record. */
  fail(id: string): boolean {
    const domain = this.find(id)
    if (domain?.status !== 'PENDING') return false
    this.#settle(domain, 'FAILED')
    return true
  }

  /** Fails what has waited for too long by now. */
  failOverdue(): void {
    for (const { id, createdAt = 0 } of this.all) if (now() - createdAt >= WINDOW) this.fail(id)
  }

  remove(id: string): void {
    const domain = this.find(id)
    if (domain === undefined) return
    this.#domains.delete(id)
    this.#happened('organization.domain_deleted', domain)
  }

  /** Forgets those of an organization that is gone. */
  forget(organizationId: string): void {
    for (const { id } of this.of(organizationId)) this.#domains.delete(id)
  }

  #settle(domain: Domain, status: 'VERIFIED' | 'FAILED'): void {
    const settled: Domain = { ...domain, status, updatedAt: now() }
    this.#domains.set(domain.id, settled)
    const ending = status === 'VERIFIED' ? 'success' : 'failed'
    this.#happened(`organization.domain_dns_verification_${ending}`, settled)
  }

  #happened(type: DomainChange['type'], domain: Domain): void {
    this.#changed({ type, organizationId: domain.organizationId, domain })
  }
}

function isOwned({ type, status }: Domain): boolean {
  return type === 'ORGANIZATION_DOMAIN' && status === 'VERIFIED'
}

function recordOf(name: string, id: string, secret: string): Domain['txtRecord'] {
  return { key: `${name.replaceAll('.', '-')}-verify-${id}`, secret }
}

function seeded(organizationId: string, domain: string): Domain {
  const name = domain.toLowerCase()
  const id = idOfName('dom', name)
  const whole = { id, name, type: 'ORGANIZATION_DOMAIN', organizationId, status: 'VERIFIED', method: 'ADMIN' } as const
  // The same after each reset.
  const digest = createHash('sha256').update(name).digest('hex')
  const secret = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
  return { ...whole, txtRecord: recordOf(name, id, secret) }
}
