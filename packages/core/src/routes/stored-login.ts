import { openRecord } from '../session/session-record.js'
import type { RunningLogin } from '../transaction/completed-logins.js'
import type { LoginOutcome } from './callback.js'

/** A login as it lies in the store, for whoever answers its callback again. */
export type StoredLogin =
  | RunningLogin
  | { readonly status: 'spent' }
  | { readonly status: 'completed'; readonly outcome: LoginOutcome }

export function parseLogin(data: unknown): StoredLogin | undefined {
  const { status, by, outcome } = (data ?? {}) as {
    status?: unknown
    by?: unknown
    outcome?: Readonly<Record<string, unknown>>
  }
  if (status === 'running') return { status, by: String(by) }
  if (status === 'spent') return { status }
  const opened = openRecord(outcome?.record)
  if (status !== 'completed' || opened === undefined) return undefined
  return {
    status,
    outcome: { opened, returnTo: String(outcome?.returnTo), handedOver: outcome?.handedOver === true },
  }
}

/** What {@link parseLogin} makes an outcome of. */
export function describeLogin({ opened, returnTo, handedOver }: LoginOutcome): unknown {
  return { record: opened.record, returnTo, handedOver }
}
