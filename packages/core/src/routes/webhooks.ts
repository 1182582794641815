import { errorCodes, type RequestErrorCode } from '../errors/error-codes.js'
import { isScalegateError, RequestError } from '../errors/scalegate-error.js'
import { problem } from '../http/problem.js'
import { readBody } from '../http/read-body.js'
import type { Emit } from '../model/events.js'
import type { Clock } from '../options/clock.js'
import type { DeliveryStore } from '../options/delivery-store.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { parseWebhookEvent, type ReceivedWebhook } from '../protocol/webhook-event.js'
import { verifyWebhookSignature } from '../protocol/webhook-signature.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import type { ProcessState } from '../state/process-state.js'
import type { UsedOnce } from '../store/used-once.js'
import type { Route, RouteRequest } from './route.js'
import { createWebhookDelivery, type WebhookOutcome } from './webhook-delivery.js'

const maxBodyBytes = 1024 * 1024
/** Seconds; Scalekit follows its own schedule, others may read it. */
const retryAfter = '30'

/**
 * `POST webhooks`: signature over the bytes, event, effect, answer. No cookie, no session, no CORS header; the signature
 * is all that counts. 200 when the app's handler is done. What it throws goes to the framework's error handler, and the
 * sender tries again, as it does for 503.
 */
export function webhooksRoute(input: {
  readonly options: Pick<ResolvedOptions, 'webhooks' | 'onSessionsEnded' | 'clockSkew'>
  /** The address of the route, as Scalekit knows it. */
  readonly route: string
  readonly marks: RevocationMarks
  readonly deliveries: DeliveryStore
  readonly steps: UsedOnce
  readonly clock: Clock
  readonly state: ProcessState
  readonly emit: Emit
}): Route {
  const { options, clock, emit } = input
  const deliver = createWebhookDelivery(input)
  return {
    async post(route) {
      const received = await receive(route)
      if (received instanceof Response) return received
      const outcome = await deliver(received).catch(unlessOurs)
      switch (outcome) {
        case 'handled':
          return Response.json({})
        case 'duplicate':
          return Response.json({ status: outcome })
        case 'in_progress':
          return refuse('deliveries_unavailable', outcome)
        default:
          return refuse(outcome, outcome)
      }
    },
  }

  async function receive({ request }: RouteRequest): Promise<ReceivedWebhook | Response> {
    try {
      const body = await readBody(request, maxBodyBytes)
      const expected = { secrets: options.webhooks.secrets, now: clock() }
      const verdict = await verifyWebhookSignature(request.headers, body, expected)
      if (verdict.status === 'refused') return refuse(verdict.code, verdict.reason)
      return parseWebhookEvent(body, verdict)
    } catch (error) {
      if (error instanceof RequestError) return refuse(error.code, error.code)
      throw error
    }
  }

  function refuse(code: RequestErrorCode, reason: string): Response {
    emit('webhook_refused', { code, reason })
    const { status, title } = errorCodes[code]
    // A body that was not read to its end is in the way of the next request.
    const closing = status === 413 ? { Connection: 'close' } : {}
    return problem({ code, status, title }, { headers: status === 503 ? { 'Retry-After': retryAfter } : closing })
  }
}

/** A refusal of the delivery, as its code; whatever the app threw is the app's. */
function unlessOurs(error: unknown): WebhookOutcome | 'webhook_invalid' | 'deliveries_unavailable' {
  if (isScalegateError(error, 'webhook_invalid') || isScalegateError(error, 'deliveries_unavailable')) return error.code
  // The marks lie in the same store: no session has ended, and the sender must try again.
  if (isScalegateError(error, 'store_unavailable')) return 'deliveries_unavailable'
  throw error
}
