import type { OrganizationFeature, PluginKit } from '@scalegate/core/plugin'
import { managementClient } from '@scalegate/core/plugin'

interface Known {
  readonly features: readonly OrganizationFeature[]
  readonly until: number
}

/** Organizations that are remembered at once; what is forgotten is asked for again. */
const capacity = 1_000

export interface FeatureReader {
  /** @throws ManagementError */
  readonly of: (organizationId: string) => Promise<readonly OrganizationFeature[]>
  /** What is known of this organization counts no more. */
  readonly forget: (organizationId: string | undefined) => void
}

/** The features that are on for an organization, remembered for `seconds`: a menu is drawn on every page. */
export function createFeatureReader(kit: PluginKit, seconds: number): FeatureReader {
  const scalekit = managementClient(kit)
  const known = () => kit.slot<Map<string, Known>>('features', () => new Map())
  return {
    async of(organizationId) {
      const found = known().get(organizationId)
      if (found !== undefined && kit.clock() < found.until) return found.features
      const { settings } = await scalekit().organizations.get(organizationId)
      const features = (settings?.features ?? []).flatMap(({ name, enabled }) => (enabled === true ? [name] : []))
      known().delete(organizationId)
      known().set(organizationId, { features: features as OrganizationFeature[], until: kit.clock() + seconds })
      for (const oldest of [...known().keys()].slice(0, -capacity)) known().delete(oldest)
      return features as OrganizationFeature[]
    },
    forget(organizationId) {
      if (organizationId === undefined) known().clear()
      else known().delete(organizationId)
    },
  }
}
