import type { UnknownWebhookEvent } from '../model/webhook-events.js'
import type { EndedSessions } from '../options/scalegate-options.js'
import { textAt } from '../protocol/webhook-event.js'
import type { RevocationSubject } from './revocation-marks.js'

/** What an event means for the sessions here. `unclear`: it ends some, and does not say whose. */
export type WebhookEffect =
  | { readonly kind: 'none' | 'unclear' }
  | { readonly kind: 'end'; readonly ended: EndedSessions }
  | { readonly kind: 'refresh'; readonly subject: RevocationSubject }

type Event = Pick<UnknownWebhookEvent, 'type' | 'data' | 'organizationId'>

/**
 * Event → effect (protocol.md §7.4). The type is believed and the state in `data` is not: the published sample of
 * `user.logout` shows an active session. `user.deleted` is no event of the catalogue, but pages of the documentation
 * name it, and a kit that let it pass would keep a person signed in who is gone.
 *
 * @param at NumericDate of the event by the provider's clock, as logins are.
 */
export function webhookEffect(event: Event, at: number): WebhookEffect {
  switch (event.type) {
    case 'user.logout':
      return logout(event, at)
    case 'user.organization_membership_deleted':
      return formerMember(event, at)
    case 'user.deleted':
      return everySession(textAt(event.data, 'user', 'id') ?? textAt(event.data, 'id'), at)
    case 'organization.deleted':
      return formerOrganization(textAt(event.data, 'id') ?? event.organizationId, at)
    case 'user.organization_membership_updated':
      return changedMember(event)
    default:
      return { kind: 'none' }
  }
}

function logout({ data }: Event, at: number): WebhookEffect {
  const sid = textAt(data, 'user_session', 'session_id')
  const userId = textAt(data, 'user', 'id') ?? textAt(data, 'user_session', 'user_id')
  if (sid === undefined) return everySession(userId, at)
  return { kind: 'end', ended: { at, scope: 'sid', sid, ...(userId === undefined ? {} : { userId }) } }
}

function formerMember(event: Event, at: number): WebhookEffect {
  const userId = textAt(event.data, 'user', 'id')
  const organizationId = organizationOf(event)
  // One session too many is a login; one too few is somebody inside who must not be.
  if (userId === undefined || organizationId === undefined) return everySession(userId, at)
  return { kind: 'end', ended: { at, scope: 'member', userId, organizationId } }
}

function changedMember(event: Event): WebhookEffect {
  const sub = textAt(event.data, 'user', 'id')
  const organization = organizationOf(event)
  if (sub === undefined) return { kind: 'unclear' }
  return { kind: 'refresh', subject: { sub, ...(organization === undefined ? {} : { organization }) } }
}

function everySession(userId: string | undefined, at: number): WebhookEffect {
  return userId === undefined ? { kind: 'unclear' } : { kind: 'end', ended: { at, scope: 'sub', userId } }
}

function formerOrganization(organizationId: string | undefined, at: number): WebhookEffect {
  if (organizationId === undefined) return { kind: 'unclear' }
  return { kind: 'end', ended: { at, scope: 'organization', organizationId } }
}

function organizationOf({ data, organizationId }: Event): string | undefined {
  return textAt(data, 'organization', 'id') ?? organizationId
}
