import { createHash, randomBytes } from 'node:crypto'
import { now } from '../clock.js'
import { newId } from '../ids.js'
import { DirectoryRecords } from './directories-records.js'

export const directoryProviders = [
  'OKTA',
  'MICROSOFT_AD',
  'GOOGLE',
  'AUTH0',
  'ONELOGIN',
  'JUMPCLOUD',
  'PING_IDENTITY',
] as const
export type DirectoryProvider = (typeof directoryProviders)[number]

/** Seconds: a secret's lifetime as in Scalekit's sample, one year. */
const SECRET_LIFETIME = 365 * 86_400

/** A bearer token of a directory's SCIM endpoint, without the token. Instants are NumericDate seconds. */
export interface DirectorySecret {
  readonly id: string
  readonly digest: string
  /** Its last four characters, by which an admin tells secrets apart. */
  readonly suffix: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly lastUsedAt?: number
}

/** People of this group get this role. */
export interface RoleAssignment {
  readonly groupId: string
  readonly roleName: string
}

/** What an organization's directory provider fills by SCIM. Instants are NumericDate seconds. */
export interface ScimDirectory {
  readonly id: string
  readonly name: string
  readonly organizationId: string
  readonly provider: DirectoryProvider
  readonly enabled: boolean
  readonly secrets: readonly DirectorySecret[]
  readonly roleAssignments: readonly RoleAssignment[]
  readonly createdAt: number
  readonly lastSyncedAt?: number
}

/** Something that happened to a directory, by the name that Scalekit's webhooks have for it. */
export interface ScimDirectoryChange {
  readonly type: 'organization.directory_enabled' | 'organization.directory_disabled'
  readonly organizationId: string
  readonly directory: ScimDirectory
}

/** The directories of all organizations, and the people and groups in them. */
export class Directories {
  /** The people and groups. */
  readonly records = new DirectoryRecords()
  readonly #directories = new Map<string, ScimDirectory>()
  readonly #changed: (change: ScimDirectoryChange) => void

  constructor(changed: (change: ScimDirectoryChange) => void) {
    this.#changed = changed
  }

  get all(): readonly ScimDirectory[] {
    return [...this.#directories.values()]
  }

  find(id: string): ScimDirectory | undefined {
    return this.#directories.get(id)
  }

  of(organizationId: string): readonly ScimDirectory[] {
    return this.all.filter((directory) => directory.organizationId === organizationId)
  }

  /** A directory that nobody has enabled yet, with its first secret. The secret cannot be read again. */
  add(organizationId: string, provider: DirectoryProvider): { readonly id: string; readonly secret: string } {
    const id = newId('dir')
    const name = `${providerNames[provider]} directory`
    const whole = { id, name, organizationId, provider, enabled: false, secrets: [], roleAssignments: [] }
    this.#directories.set(id, { ...whole, createdAt: now() })
    return { id, secret: this.addSecret(id) }
  }

  addSecret(id: string): string {
    const secret = randomBytes(32).toString('base64url')
    const at = now()
    const made = { id: newId('sec'), digest: digestOf(secret), suffix: secret.slice(-4), createdAt: at }
    this.#change(id, ({ secrets }) => ({ secrets: [...secrets, { ...made, expiresAt: at + SECRET_LIFETIME }] }))
    return secret
  }

  removeSecret(id: string, secretId: string): void {
    this.#change(id, ({ secrets }) => ({ secrets: secrets.filter((secret) => secret.id !== secretId) }))
  }

  /** True for a bearer token that this directory gave out and that still counts; its use is noted. */
  admits(id: string, token: string): boolean {
    const digest = digestOf(token)
    const at = now()
    const found = this.find(id)?.secrets.find((secret) => secret.digest === digest && at < secret.expiresAt)
    if (found === undefined) return false
    this.#change(id, ({ secrets }) => ({
      secrets: secrets.map((secret) => (secret.id === found.id ? { ...secret, lastUsedAt: at } : secret)),
    }))
    return true
  }

  /** Switches it. Gives what stands against it, in Scalekit's words. */
  setEnabled(id: string, enabled: boolean): string | undefined {
    const directory = this.find(id)
    if (directory === undefined) return 'There is no such directory'
    if (directory.enabled === enabled) return `The directory is already ${enabled ? 'enabled' : 'disabled'}`
    this.#change(id, () => ({ enabled }))
    const type = enabled ? 'organization.directory_enabled' : 'organization.directory_disabled'
    this.#changed({ type, organizationId: directory.organizationId, directory: this.find(id) ?? directory })
    return undefined
  }

  setRoleAssignments(id: string, roleAssignments: readonly RoleAssignment[]): void {
    this.#change(id, () => ({ roleAssignments }))
  }

  /** The directory provider has changed something. */
  synced(id: string): void {
    this.#change(id, () => ({ lastSyncedAt: now() }))
  }

  remove(id: string): void {
    this.#directories.delete(id)
    this.records.forget(id)
  }

  #change(id: string, change: (directory: ScimDirectory) => Partial<ScimDirectory>): void {
    const directory = this.find(id)
    if (directory !== undefined) this.#directories.set(id, { ...directory, ...change(directory) })
  }
}

/** What people call a provider. */
export const providerNames: Readonly<Record<string, string>> = {
  OKTA: 'Okta',
  MICROSOFT_AD: 'Microsoft Entra ID',
  GOOGLE: 'Google Workspace',
  AUTH0: 'Auth0',
  ONELOGIN: 'OneLogin',
  JUMPCLOUD: 'JumpCloud',
  PING_IDENTITY: 'Ping Identity',
  ADFS: 'AD FS',
  CUSTOM: 'Custom',
  IDP_SIMULATOR: 'IdP simulator',
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
