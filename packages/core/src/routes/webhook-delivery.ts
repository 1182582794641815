import { sha256Base64url } from '../crypto/sha256.js'
import { isScalegateError, RequestError } from '../errors/scalegate-error.js'
import type { Emit } from '../model/events.js'
import { isWebhookEventType, type UnknownWebhookEvent } from '../model/webhook-events.js'
import { type Clock, fineClock } from '../options/clock.js'
import type { DeliveryStore } from '../options/delivery-store.js'
import type { WebhookListener } from '../options/plugin.js'
import type { ResolvedOptions } from '../options/resolved-options.js'
import { singleFlight } from '../protocol/single-flight.js'
import type { ReceivedWebhook } from '../protocol/webhook-event.js'
import type { RevocationMarks } from '../revocation/revocation-marks.js'
import { createSessionTerminator } from '../revocation/session-terminator.js'
import { webhookEffect } from '../revocation/webhook-effect.js'
import { withDeadline } from '../state/deadline.js'
import type { ProcessState } from '../state/process-state.js'
import { createTurns, type Turns } from '../state/turns.js'
import type { UsedOnce } from '../store/used-once.js'

/** Seconds after which a process that died in the middle is not waited for any more; Scalekit goes on for 22 minutes. */
const claimedFor = 300
/** Seconds for which a delivery is known: somebody may press "resend" on a later day. */
const rememberedFor = 3 * 86_400

/** `in_progress`: another process is at it. */
export type WebhookOutcome = 'handled' | 'duplicate' | 'in_progress'

/**
 * Does once what an event asks for: ends the kit's sessions, then calls the app's handler. Rejects with what the app
 * threw; the next delivery then goes on where this one stopped.
 *
 * @throws RequestError webhook_invalid for an event that ends sessions and does not say whose; deliveries_unavailable
 */
export type WebhookDelivery = (received: ReceivedWebhook) => Promise<WebhookOutcome>

interface DeliveryState {
  readonly flights: Map<string, () => Promise<WebhookOutcome>>
  readonly inTurn: Turns
}

export function createWebhookDelivery(input: {
  readonly options: Pick<ResolvedOptions, 'webhooks' | 'onSessionsEnded' | 'clockSkew'>
  /** The address of the route: one event goes to each endpoint under the same id. */
  readonly route: string
  readonly marks: RevocationMarks
  readonly deliveries: DeliveryStore
  /** Steps of deliveries: what was done is not done again when another one failed. */
  readonly steps: UsedOnce
  readonly clock: Clock
  readonly state: ProcessState
  readonly emit: Emit
}): WebhookDelivery {
  const { options, route, marks, deliveries, steps, clock, state, emit } = input
  const { listeners, on, onOther } = options.webhooks
  // Plugins first, so that the app's own handlers find what they have written.
  const everybody = [...listeners.map(listener), listener({ name: '', on, onOther })]
  const endSessions = createSessionTerminator(input)
  const fine = fineClock(clock)
  const { flights, inTurn } = state.slot<DeliveryState>(`webhooks under way ${route}`, () => ({
    flights: new Map(),
    inTurn: createTurns(),
  }))

  return async (received) => {
    const { deliveryId, type } = received.event
    const running = flights.get(deliveryId)
    if (running !== undefined) return (await running()) === 'in_progress' ? 'in_progress' : duplicate(type)
    const flight = singleFlight(() => once(received))
    flights.set(deliveryId, flight)
    return flight().finally(() => flights.delete(deliveryId))
  }

  async function once(received: ReceivedWebhook): Promise<WebhookOutcome> {
    const { deliveryId, type } = received.event
    const effect = effectOn(received)
    const claim = await stored(async () => deliveries.claim(await keyOf(deliveryId), claimedFor))
    if (claim === 'handled') return duplicate(type)
    // Done already, where only that could not be written down.
    if (!(await isDone(deliveryId))) {
      if (claim !== 'claimed') return 'in_progress'
      await carryOut(received, effect, claimEnd()).catch(async (error: unknown) => {
        // Nobody's code failed where the store did.
        const isOurs = isScalegateError(error, 'deliveries_unavailable') || isScalegateError(error, 'store_unavailable')
        if (!isOurs) emit('webhook_failed', { event: nameOf(type) })
        // Not released, it is free again when the claim ends; what went wrong first is what counts.
        await stored(async () => deliveries.release(await keyOf(deliveryId))).catch(() => undefined)
        throw error
      })
    }
    await stored(async () => deliveries.complete(await keyOf(deliveryId), rememberedFor))
    return 'handled'
  }

  /** A store may be shared by several routes and apps. */
  function keyOf(name: string): Promise<string> {
    return sha256Base64url(`${route} ${name}`)
  }

  async function carryOut(
    received: ReceivedWebhook,
    effect: () => Promise<void>,
    secondsLeft: () => number,
  ): Promise<void> {
    const { event, occurredAt, subject } = received
    // Before its turn: a handler that is slow must not keep sessions alive.
    await step(sessionsOf(event.deliveryId), effect)
    await inTurn(subject, () =>
      step(event.deliveryId, async () => {
        const object = await keyOf(subject)
        const latest = await stored(() => deliveries.latest(object, occurredAt.order, rememberedFor))
        const stale = latest !== undefined && latest > occurredAt.order
        const heard = Object.freeze({ ...event, stale })
        await tell(heard, secondsLeft)
        emit('webhook_handled', { event: nameOf(event.type), duplicate: false, stale })
      }),
    )
  }

  async function step(name: string, task: () => Promise<void>): Promise<void> {
    if (await isDone(name)) return
    await task()
    await stored(() => steps.use(`${route} ${name}`, clock() + rememberedFor))
  }

  function isDone(name: string): Promise<boolean> {
    return stored(() => steps.isUsed(`${route} ${name}`))
  }

  /** Everybody hears of it, whoever fails: the app must not lose an event to a plugin. Rejects with the first failure. */
  async function tell(event: UnknownWebhookEvent, secondsLeft: () => number): Promise<void> {
    const failures: unknown[] = []
    for (const { name, hear } of everybody) {
      const heard = step(heardBy(name, event.deliveryId), () => inTime(() => hear(event), secondsLeft()))
      await heard.catch((error: unknown) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  /** What the event does to sessions, as a task. @throws RequestError webhook_invalid */
  function effectOn({ event, occurredAt, sentAt }: ReceivedWebhook): () => Promise<void> {
    // The sender's clock is that of logins, and ours may be behind it; it says whole seconds.
    const now = fine() < sentAt ? sentAt + 1 : fine()
    // A mark far ahead would keep people out who log in anew.
    const effect = webhookEffect(event, Math.min(occurredAt.seconds, Math.floor(now) + options.clockSkew))
    switch (effect.kind) {
      case 'end':
        return () => endSessions(effect.ended, 'webhook')
      case 'refresh':
        // Now and not when it happened: refreshes are written down by our clock, and one too many does no harm.
        return () => marks.refreshAfter(effect.subject, now)
      case 'none':
        return async () => undefined
      case 'unclear':
        throw new RequestError('webhook_invalid')
    }
  }

  function duplicate(type: string): 'duplicate' {
    emit('webhook_handled', { event: nameOf(type), duplicate: true, stale: false })
    return 'duplicate'
  }
}

interface Listener {
  readonly name: string
  readonly hear: (event: UnknownWebhookEvent) => void | Promise<void>
}

function listener({ name, on, onOther }: WebhookListener): Listener {
  // A map: `constructor` is a member of every plain object (attack row 272).
  const handlers = new Map(Object.entries(on ?? {}) as [string, Listener['hear']][])
  return { name, hear: (event) => (handlers.get(event.type) ?? onOther)?.(event) }
}

/** The step of one listener: what another one throws must not run it again. */
function heardBy(name: string, deliveryId: string): string {
  return `${deliveryId}.heard.${name}`
}

/** No delivery is called like that: their ids have no dots. */
function sessionsOf(deliveryId: string): string {
  return `${deliveryId}.sessions`
}

/** Tells the seconds that are left of a claim which begins now. */
function claimEnd(): () => number {
  const end = performance.now() + claimedFor * 1000
  return () => (end - performance.now()) / 1000
}

/** Ends with the claim: then the object is free again, and a later delivery may be at it. */
async function inTime(hear: () => void | Promise<void>, seconds: number): Promise<void> {
  const late = () => new Error('The webhook handler did not end.')
  if (seconds <= 0) throw late()
  await withDeadline(Promise.resolve(hear()), seconds, late)
}

/** For events of the kit: a type that nobody has documented may say anything. */
function nameOf(type: string): string {
  return isWebhookEventType(type) ? type : 'unknown'
}

/** The store is the app's; its errors may name hosts and keys. */
async function stored<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask()
  } catch {
    throw new RequestError('deliveries_unavailable')
  }
}
