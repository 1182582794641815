/** What the script of a portal page posts to the page that frames it, and to whom. */
export interface PortalFrame {
  /** The only origins that may hear it. */
  readonly origins: readonly string[]
  readonly messages: readonly object[]
  /** Where the script asks for more; nothing more comes without. */
  readonly pollPath?: string
}

/** A choice of a menu. */
export interface PortalChoice {
  readonly value: string
  readonly label: string
}

/** The single sign-on part of the admin portal. */
export interface PortalSso {
  readonly providers: readonly PortalChoice[]
  /** Without the organization's feature no login uses a connection. */
  readonly featureIsOn: boolean
  /** Whose people are sent to the connection. */
  readonly domains: readonly string[]
  readonly connections: readonly {
    readonly id: string
    readonly provider: string
    readonly type: 'OIDC' | 'SAML'
    readonly status: 'DRAFT' | 'IN_PROGRESS' | 'COMPLETED'
    readonly enabled: boolean
    /** The organization signs in by this one. */
    readonly isUsed: boolean
    readonly redirectUri: string
    readonly issuer: string
    readonly clientId: string
    readonly hasClientSecret: boolean
    readonly metadataUrl: string
  }[]
}

/** The directory sync part of the admin portal. */
export interface PortalScim {
  readonly providers: readonly PortalChoice[]
  /** Roles that a group can give. */
  readonly roles: readonly string[]
  /** Whose people a directory may manage. */
  readonly domains: readonly string[]
  readonly directories: readonly {
    readonly id: string
    readonly name: string
    readonly enabled: boolean
    readonly endpoint: string
    /** Shown once, after it was made. */
    readonly secret?: string
    readonly secretSuffixes: readonly string[]
    readonly lastSyncedAt?: string
    readonly users: readonly {
      readonly email: string
      readonly name: string
      readonly active: boolean
      readonly groups: readonly string[]
    }[]
    readonly groups: readonly {
      readonly id: string
      readonly name: string
      readonly members: number
      /** Empty: no role by this group. */
      readonly role: string
    }[]
  }[]
}

/** The domains part of the admin portal. */
export interface PortalDomains {
  readonly domains: readonly {
    readonly id: string
    readonly name: string
    readonly status: string
    readonly method: string
    readonly txtValue: string
  }[]
}

/** The admin portal, one part open. Forms post to `{base}/{part}/{action}` or `{base}/{part}/{id}/{action}`. */
export interface PortalPage {
  readonly frame: PortalFrame
  readonly organization: { readonly id: string; readonly name: string }
  /** When the session ends, ISO. */
  readonly expiresAt: string
  readonly base: string
  readonly sections: readonly ('sso' | 'scim' | 'domains')[]
  readonly open?: 'sso' | 'scim' | 'domains'
  readonly error?: string
  readonly notice?: string
  readonly sso?: PortalSso
  readonly scim?: PortalScim
  readonly domains?: PortalDomains
}
