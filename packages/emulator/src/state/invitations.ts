import { randomBytes } from 'node:crypto'
import { now } from '../clock.js'
import { normalized } from './people.js'

/** Seconds: Scalekit's default of fifteen days. */
const LIFETIME = 15 * 86_400

/** Somebody is asked to join an organization, by a mail with a link. Instants are NumericDate seconds. */
export interface Invitation {
  /** In the link and, as `invitation_token`, in the authorization request: whoever knows it may accept. */
  readonly id: string
  readonly organizationId: string
  readonly email: string
  /** Role names. */
  readonly roles: readonly string[]
  /** The client whose initiate login URI the link leads to. */
  readonly clientId: string
  /** Whose membership waits for it: an invitation by the management API. */
  readonly userId?: string
  readonly inviterEmail?: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly acceptedAt?: number
  /** Since the membership is gone. */
  readonly withdrawnAt?: number
  readonly resentAt?: number
  /** How often the mail was sent again. */
  readonly resentCount: number
}

/** What whoever invites says. */
export type NewInvitation = Pick<Invitation, 'organizationId' | 'email' | 'roles' | 'clientId'> &
  Partial<Pick<Invitation, 'userId' | 'inviterEmail' | 'resentAt' | 'resentCount'>>

/** The invitations that were made, the used ones included. */
export class Invitations {
  readonly #invitations = new Map<string, Invitation>()

  get all(): readonly Invitation[] {
    return [...this.#invitations.values()]
  }

  add(invitation: NewInvitation): Invitation {
    const at = now()
    const id = randomBytes(24).toString('base64url')
    return this.#put({ resentCount: 0, ...invitation, id, createdAt: at, expiresAt: at + LIFETIME })
  }

  /** One that can still be accepted: known, not used, not withdrawn, not too old. */
  findOpen(id: string | undefined): Invitation | undefined {
    const found = id === undefined ? undefined : this.#invitations.get(id)
    return found !== undefined && isOpen(found) ? found : undefined
  }

  stateOf(invitation: Invitation): 'open' | 'accepted' | 'withdrawn' | 'expired' {
    if (isOpen(invitation)) return 'open'
    if (invitation.acceptedAt !== undefined) return 'accepted'
    return invitation.withdrawnAt === undefined ? 'expired' : 'withdrawn'
  }

  /** The last one by the management API for a person and an organization. */
  latestOf(userId: string, organizationId: string): Invitation | undefined {
    return this.all.findLast((one) => one.userId === userId && one.organizationId === organizationId)
  }

  /** Sends the mail again. One that has expired is replaced by a new one. */
  resend(invitation: Invitation): Invitation {
    const { id: _old, createdAt: _made, expiresAt: _over, ...again } = invitation
    const sent = { resentAt: now(), resentCount: invitation.resentCount + 1 }
    if (isOpen(invitation)) return this.#put({ ...invitation, ...sent })
    return this.add({ ...again, ...sent })
  }

  accept(id: string): void {
    const found = this.#invitations.get(id)
    if (found !== undefined) this.#put({ ...found, acceptedAt: now() })
  }

  /** Nobody can accept them any more: the organization, or the membership that waited, is gone. */
  withdraw(organizationId: string, email?: string): void {
    const gone = (one: Invitation) => email === undefined || normalized(one.email) === normalized(email)
    for (const one of this.all.filter((each) => each.organizationId === organizationId && isOpen(each) && gone(each))) {
      this.#put({ ...one, withdrawnAt: now() })
    }
  }

  #put(invitation: Invitation): Invitation {
    this.#invitations.set(invitation.id, invitation)
    return invitation
  }
}

function isOpen({ acceptedAt, withdrawnAt, expiresAt }: Invitation): boolean {
  return acceptedAt === undefined && withdrawnAt === undefined && now() < expiresAt
}
