/** What admins of customers set up, for the control page. */
export interface SelfServeBoard {
  readonly connections: readonly {
    readonly id: string
    readonly organizationName: string
    readonly title: string
    readonly status: string
    readonly enabled: boolean
    /** The organization signs in by this one. */
    readonly isUsed: boolean
  }[]
  readonly domains: readonly {
    readonly id: string
    readonly name: string
    readonly organizationName: string
    readonly type: string
    readonly status: string
  }[]
  readonly directories: readonly {
    readonly id: string
    readonly name: string
    readonly organizationName: string
    readonly enabled: boolean
    readonly endpoint: string
    readonly users: readonly {
      readonly id: string
      readonly email: string
      readonly name: string
      readonly active: boolean
      readonly groups: readonly string[]
    }[]
  }[]
  readonly portalSessions: readonly {
    readonly id: string
    readonly organizationName: string
    readonly until: string
    readonly isOpen: boolean
  }[]
  readonly portalLinks: readonly {
    readonly id: string
    readonly organizationName: string
    readonly at: string
    readonly state: 'not opened' | 'opened' | 'expired'
  }[]
}
