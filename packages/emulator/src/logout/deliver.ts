import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryEntry, Environment } from '../environment.js'
import type { Session } from '../state/sessions.js'
import { makeLogoutToken } from './logout-token.js'

/** Milliseconds that an app has to answer. */
const TIMEOUT = 5000

/** A logout token on its way to one app. */
export interface Delivery {
  readonly clientId: string
  readonly url: string
  readonly token: string
  readonly sid?: string
  readonly sub?: string
}

/** Tells every app of a session that it has ended. Waits for their answers, so that a browser comes back after them. */
export async function notifyClients(environment: Environment, session: Session): Promise<readonly DeliveryEntry[]> {
  const { sid, sub } = environment.settings.logoutToken
  const about = { ...(sid ? { sid: session.id } : {}), ...(sub ? { sub: session.userId } : {}) }
  const deliveries = session.clients.flatMap(({ clientId }) => {
    const url = environment.directory.client(clientId)?.backchannelLogoutUri
    return url === undefined
      ? []
      : [{ clientId, url, ...about, token: makeLogoutToken(environment, { clientId, ...about }) }]
  })
  return Promise.all(deliveries.map((delivery) => deliver(environment, delivery)))
}

/** Sends one logout token (OIDC Back-Channel Logout 1.0 §2.5), again as often as the settings say, and records each try. */
export async function deliver(environment: Environment, delivery: Delivery): Promise<DeliveryEntry> {
  const entry = environment.logDelivery(await attempt(environment, delivery))
  for (let retry = 0, last = entry; ; retry += 1) {
    if (isDelivered(last) || retry >= environment.settings.logoutToken.retries) return last
    await sleep(1000)
    last = environment.logDelivery(await attempt(environment, delivery))
  }
}

/** 200 is success; implementations also answer 204 (§2.8). */
function isDelivered(entry: DeliveryEntry): boolean {
  return entry.status === 200 || entry.status === 204
}

async function attempt(environment: Environment, delivery: Delivery): Promise<Omit<DeliveryEntry, 'at' | 'kind'>> {
  const { token, ...about } = delivery
  const { json } = environment.settings.logoutToken
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers: { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded' },
      body: json ? JSON.stringify({ logout_token: token }) : new URLSearchParams({ logout_token: token }).toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    })
    await response.body?.cancel()
    return { ...about, status: response.status }
  } catch (error) {
    return { ...about, error: reason(error) }
  }
}

/** `fetch` hides the reason one level down. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError') return 'timeout'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message
}
