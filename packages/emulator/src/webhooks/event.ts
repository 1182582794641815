import type { Environment } from '../environment.js'
import { newId } from '../ids.js'
import { ShapeError } from '../shape.js'
import { catalog, type EventDescription, isEventType } from './catalog.js'
import { eventData } from './event-data.js'
import { precise, preciseNow } from './instant.js'
import { type SubjectIds, subjectOf } from './subject.js'

/** An event to make. */
export interface EventInput extends SubjectIds {
  readonly type: string
  /** Instead of the data that the type has; needed for a type that Scalekit does not document. */
  readonly data?: unknown
  /** NumericDate seconds; now where left out. */
  readonly occurredAt?: number | undefined
}

/** The body of a webhook request, as Scalekit's OpenAPI description has it. */
export interface WebhookEvent {
  readonly spec_version: '1'
  readonly id: string
  readonly type: string
  readonly object: string
  readonly occurred_at: string
  readonly environment_id: string
  readonly organization_id?: string
  readonly data: unknown
  readonly display_name: string
}

/**
 * Makes an event.
 *
 * @throws ShapeError for an id that names nobody, and for an unknown type without data.
 */
export function makeEvent(environment: Environment, { type, data, occurredAt, ...ids }: EventInput): WebhookEvent {
  const { object, displayName, ofOrganization } = describe(type)
  const subject = subjectOf(environment, ids)
  const at = occurredAt === undefined ? preciseNow() : precise(occurredAt)
  if (data === undefined && !isEventType(type)) {
    throw new ShapeError('type', `is not an event of Scalekit's, so it needs data: ${type}`)
  }
  return {
    spec_version: '1',
    id: newId('evt'),
    type,
    object,
    occurred_at: at,
    environment_id: environment.environmentId,
    ...(ofOrganization ? { organization_id: subject.organization.id } : {}),
    data: data ?? (isEventType(type) ? eventData(type, { environment, subject, at }) : {}),
    display_name: displayName,
  }
}

function describe(type: string): EventDescription {
  return isEventType(type) ? catalog[type] : { object: 'Unknown', displayName: type, ofOrganization: true }
}
