import type { PortalEvent, PortalFields } from './portal-event.js'

/** The documented events and two older names. A `Set`, so that `__proto__` and `constructor` are in no way among them. */
const known: ReadonlySet<string> = new Set<Exclude<PortalEvent['type'], 'unknown'>>([
  'ORGANIZATION_SSO_ENABLED',
  'ORGANIZATION_SSO_DISABLED',
  'ORGANIZATION_DIRECTORY_ENABLED',
  'ORGANIZATION_DIRECTORY_DISABLED',
  'PORTAL_LOAD_SUCCESS',
  'PORTAL_LOAD_FAILURE',
  'PORTAL_SESSION_WARNING',
  'PORTAL_SESSION_EXPIRY',
  'SSO_CONFIGURED',
  'SESSION_EXPIRED',
])

/** Documented messages have five fields of a few words. */
const mostFields = 32
const longestText = 2048

/**
 * Reads the data of a `message` event that came from the portal's frame; undefined for what is not one of its events.
 * Only own fields count. Nothing nested is taken over, so that no object of another origin gets into the page.
 *
 * @param organizationId - Whose portal was opened, where that is known: events of others are dropped.
 */
export function readPortalMessage(message: unknown, organizationId: string | undefined): PortalEvent | undefined {
  const fields = flatFields(message)
  if (fields === undefined) return undefined
  // `event_type` is in the reference, `type` in an older guide.
  const name = Object.hasOwn(fields, 'event_type') ? fields.event_type : fields.type
  const data = flatFields(own(message as object, 'data') ?? {})
  if (typeof name !== 'string' || !/^[\w.:-]{1,100}$/.test(name) || data === undefined) return undefined
  const about = own(message as object, 'organization_id') ?? undefined
  if (about !== undefined && typeof about !== 'string') return undefined
  if (about !== undefined && about !== (organizationId ?? about)) return undefined
  const base = { object: text(fields.object), organizationId: about, message: text(fields.message) }
  if (!known.has(name)) return { ...base, type: 'unknown', name, data }
  // Every field of a known type is optional, and what is left has the type that is documented.
  return { ...base, type: name, data: documented(data) } as PortalEvent
}

/** Whether the portal says that it needs a new link. */
export function isSessionEnd(event: PortalEvent): boolean {
  if (event.type === 'PORTAL_LOAD_FAILURE') return event.data.error_code === 'SESSION_EXPIRED'
  return event.type === 'PORTAL_SESSION_EXPIRY' || event.type === 'SESSION_EXPIRED'
}

/** A copy of the texts, numbers and truth values of an object; undefined for other values and for the boundless. */
function flatFields(value: unknown): PortalFields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  if (entries.length > mostFields || entries.some(([, field]) => isTooLong(field))) return undefined
  return Object.fromEntries(entries.filter(([key, field]) => /^\w{1,100}$/.test(key) && !(key in {}) && isPlain(field)))
}

function documented(data: PortalFields): PortalFields {
  const entries = Object.entries(data)
  return Object.fromEntries(
    entries.filter(([key, field]) => typeof field === (key === 'enabled' ? 'boolean' : 'string')),
  )
}

function own(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function isTooLong(field: unknown): boolean {
  return typeof field === 'string' && field.length > longestText
}

function isPlain(field: unknown): boolean {
  return typeof field === 'string' || typeof field === 'boolean' || Number.isFinite(field)
}

function text(field: unknown): string | undefined {
  return typeof field === 'string' ? field : undefined
}
