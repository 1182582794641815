/**
 * The events of the kit on Node's `diagnostics_channel`, for tracers and loggers that listen there. The one entry of this
 * package that is for Node alone.
 *
 * ```ts
 * import { toDiagnosticsChannel } from '@scalegate/core/diagnostics'
 * const auth = scalegate({ onEvent: toDiagnosticsChannel })
 * ```
 *
 * @packageDocumentation
 */
import { channel } from 'node:diagnostics_channel'
import type { ScalegateEvent } from './model/events.js'

/** The name of the channel. Each message is a {@link ScalegateEvent}. */
export const eventChannel = 'scalegate:event'

const events = channel(eventChannel)

/** Publishes an event; costs next to nothing while nobody listens. */
export function toDiagnosticsChannel(event: ScalegateEvent): void {
  if (events.hasSubscribers) events.publish(event)
}
