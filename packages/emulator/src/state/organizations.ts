import { now } from '../clock.js'
import { newId } from '../ids.js'
import type { Feature, SeedOrganization } from '../seed/types.js'
import { type Patch, patched } from './patch.js'

/** Limits of the sessions that begin in an organization. Minutes. */
export interface SessionPolicy {
  readonly absolute: number
  /** Without one there is no idle limit of the organization's own. */
  readonly idle?: number
}

/** A customer of the app, as it is now. Instants are NumericDate seconds; what the seed made has none. */
export interface Organization extends SeedOrganization {
  /** At most so many members and open invitations; 0 and undefined are no limit. */
  readonly maxUsers?: number
  /** The role of whoever joins this organization without being given one. */
  readonly memberRole?: string
  readonly sessionPolicy?: SessionPolicy
  readonly createdAt?: number
  readonly updatedAt?: number
}

/** What an app says of an organization that it makes. */
export type NewOrganization = Pick<Organization, 'name'> &
  Patch<Organization, 'externalId' | 'metadata' | 'slug' | 'logoUrl'>

/** Something that happened to an organization, by the name that Scalekit's webhooks have for it. */
export interface OrganizationChange {
  readonly type: 'organization.created' | 'organization.updated' | 'organization.deleted'
  readonly organizationId: string
}

/** The session limits of an organization's own, in seconds; undefined where its policy is the application's. */
export function ownLimits({ features, sessionPolicy }: Organization): { absolute: number; idle?: number } | undefined {
  if (sessionPolicy === undefined || features.session_policy !== true) return undefined
  const { absolute, idle } = sessionPolicy
  return { absolute: absolute * 60, ...(idle === undefined ? {} : { idle: idle * 60 }) }
}

/** The customers. */
export class Organizations {
  readonly #organizations: Map<string, Organization>
  readonly #changed: (change: OrganizationChange) => void

  constructor(seed: readonly SeedOrganization[], changed: (change: OrganizationChange) => void) {
    this.#changed = changed
    this.#organizations = new Map(seed.map((organization) => [organization.id, organization]))
  }

  get all(): readonly Organization[] {
    return [...this.#organizations.values()]
  }

  find(id: string): Organization | undefined {
    return this.#organizations.get(id)
  }

  add(organization: NewOrganization): Organization {
    const at = now()
    const whole = { ...organization, id: newId('org'), domains: [], features: {}, createdAt: at, updatedAt: at }
    const added = patched<Organization>(whole as Organization, {})
    this.#organizations.set(added.id, added)
    this.#changed({ type: 'organization.created', organizationId: added.id })
    return added
  }

  update(id: string, patch: Patch<Organization>): void {
    const organization = this.#organizations.get(id)
    if (organization === undefined) return
    this.#organizations.set(id, patched(organization, { ...patch, updatedAt: now() }))
    this.#changed({ type: 'organization.updated', organizationId: id })
  }

  setFeatures(id: string, features: Partial<Record<Feature, boolean>>): void {
    this.update(id, { features: { ...this.find(id)?.features, ...features } })
  }

  remove(id: string): void {
    if (!this.#organizations.has(id)) return
    // Said while it is still there: the event describes it.
    this.#changed({ type: 'organization.deleted', organizationId: id })
    this.#organizations.delete(id)
  }
}
