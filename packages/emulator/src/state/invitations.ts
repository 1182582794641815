import { randomBytes } from 'node:crypto'
import { now } from '../clock.js'

/** Seconds: Scalekit's default of fifteen days. */
const LIFETIME = 15 * 86_400

/** Somebody is asked to join an organization. Instants are NumericDate seconds. */
export interface Invitation {
  /** In the link and, as `invitation_token`, in the authorization request: whoever knows it may accept. */
  readonly id: string
  readonly organizationId: string
  readonly email: string
  /** Role names. */
  readonly roles: readonly string[]
  /** The client whose initiate login URI the link leads to. */
  readonly clientId: string
  readonly expiresAt: number
  readonly acceptedAt?: number
}

/** The invitations that were made, the used ones included. */
export class Invitations {
  readonly #invitations = new Map<string, Invitation>()

  get all(): readonly Invitation[] {
    return [...this.#invitations.values()]
  }

  add(invitation: Pick<Invitation, 'organizationId' | 'email' | 'roles' | 'clientId'>): Invitation {
    const id = randomBytes(24).toString('base64url')
    const added = { ...invitation, id, expiresAt: now() + LIFETIME }
    this.#invitations.set(id, added)
    return added
  }

  /** One that can still be accepted: known, not used, not too old. */
  findOpen(id: string | undefined): Invitation | undefined {
    const found = id === undefined ? undefined : this.#invitations.get(id)
    return found?.acceptedAt === undefined && found !== undefined && now() < found.expiresAt ? found : undefined
  }

  accept(id: string): void {
    const found = this.#invitations.get(id)
    if (found !== undefined) this.#invitations.set(id, { ...found, acceptedAt: now() })
  }
}
