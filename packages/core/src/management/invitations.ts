import { answerObject, count, type Decoder, text, wrapped } from './answer.js'
import { path } from './path.js'
import type { CallOptions, Transport } from './transport.js'
import type { UserInOrganization } from './user-permissions.js'

/** An invitation as it stands. */
export interface Invitation {
  readonly organizationId?: string
  readonly userId?: string
  readonly inviterEmail?: string
  readonly status?: string
  readonly createdAt?: string
  readonly expiresAt?: string
  readonly resentAt?: string
  readonly resentCount?: number
}

/** Mails that invite. The first one goes out by `users.invite` or `memberships.invite`. */
export interface Invitations {
  /** Sends the mail again; an invitation that has ended becomes a new one. */
  resend(invited: UserInOrganization, options?: CallOptions): Promise<Invitation>
}

const invitation: Decoder<Invitation> = answerObject(
  {
    organizationId: text,
    userId: text,
    inviterEmail: text,
    status: text,
    createdAt: text,
    expiresAt: text,
    resentAt: text,
    resentCount: count,
  },
  // The schema has one name, a sample of Scalekit's documents the other (protocol.md §10.7).
  { inviterEmail: 'invited_by' },
)

export function createInvitations(call: Transport): Invitations {
  return {
    resend: async ({ organizationId, userId }, options) =>
      call(
        {
          method: 'PATCH',
          path: path`/invites/organizations/${{ organizationId }}/users/${{ userId }}/resend`,
          body: {},
          answer: wrapped('invite', invitation),
        },
        options,
      ),
  }
}
