import {
  createExpiringMap,
  type ExpiringMap,
  managementClient,
  type OrganizationFeature,
  type PluginKit,
} from '@scalegate/core/plugin'

interface Memory {
  readonly known: ExpiringMap<readonly OrganizationFeature[]>
  /** How often something was forgotten: what was asked before is not remembered after. */
  forgotten: number
}

export interface FeatureReader {
  /** @throws ManagementError */
  readonly of: (organizationId: string) => Promise<readonly OrganizationFeature[]>
  /** What is known of this organization counts no more. */
  readonly forget: (organizationId: string) => void
}

/** The features that are on for an organization, remembered for `seconds`: a menu is drawn on every page. */
export function createFeatureReader(kit: PluginKit, seconds: number): FeatureReader {
  const scalekit = managementClient(kit)
  const memory = () => kit.slot<Memory>('features', () => ({ known: remembered(kit), forgotten: 0 }))
  return {
    async of(organizationId) {
      const { known, forgotten } = memory()
      const found = known.get(organizationId)
      if (found !== undefined) return found
      const { settings } = await scalekit().organizations.get(organizationId)
      const on = (settings?.features ?? []).filter(({ enabled }) => enabled === true)
      const features = on.map(({ name }) => name as OrganizationFeature)
      if (memory().forgotten === forgotten) known.set(organizationId, features, kit.clock() + seconds)
      return features
    },
    forget(organizationId) {
      memory().forgotten += 1
      memory().known.delete(organizationId)
    },
  }
}

/** What is forgotten for want of room is asked for again. */
function remembered(kit: PluginKit): Memory['known'] {
  return createExpiringMap({ clock: kit.clock, capacity: 1_000 })
}
