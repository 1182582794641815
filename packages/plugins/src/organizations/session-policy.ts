import type { SessionPolicy, TimeoutUnit } from '@scalegate/core/management'
import { type Fields, PluginError } from '@scalegate/core/plugin'

const units: readonly string[] = ['MINUTES', 'HOURS', 'DAYS'] satisfies TimeoutUnit[]

/**
 * The policy that a form asks for; Scalekit itself checks it against the application's (protocol.md §10.9).
 *
 * @throws PluginError policy_invalid (400) naming the field
 */
export function policyOf(fields: Fields): SessionPolicy {
  const policySource = fields.one('policy_source')
  if (policySource === 'APPLICATION') return { policySource }
  if (policySource !== 'CUSTOM') throw invalid('policy_source')
  const idle = fields.one('idle_session_timeout_enabled')
  if (idle !== undefined && idle !== 'true' && idle !== 'false') throw invalid('idle_session_timeout_enabled')
  const absolute = timeout(fields, 'absolute_session_timeout')
  if (idle !== 'true')
    return {
      policySource,
      absoluteSessionTimeout: absolute.length,
      absoluteSessionTimeoutUnit: absolute.unit,
      ...(idle === 'false' ? { idleSessionTimeoutEnabled: false } : {}),
    }
  const idleTimeout = timeout(fields, 'idle_session_timeout')
  return {
    policySource,
    absoluteSessionTimeout: absolute.length,
    absoluteSessionTimeoutUnit: absolute.unit,
    idleSessionTimeoutEnabled: true,
    idleSessionTimeout: idleTimeout.length,
    idleSessionTimeoutUnit: idleTimeout.unit,
  }
}

function timeout(fields: Fields, field: string): { readonly length: number; readonly unit: TimeoutUnit } {
  const length = fields.one(field) ?? ''
  if (!/^[1-9]\d{0,5}$/.test(length)) throw invalid(field)
  const unit = fields.one(`${field}_unit`) ?? 'MINUTES'
  if (!units.includes(unit)) throw invalid(`${field}_unit`)
  return { length: Number(length), unit: unit as TimeoutUnit }
}

function invalid(field: string): PluginError {
  return new PluginError({ code: 'policy_invalid', status: 400, title: 'The session policy is not complete.', field })
}
