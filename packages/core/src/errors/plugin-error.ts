const brand: unique symbol = Symbol.for('scalegate:plugin-error') as never

/** What a plugin says no with. */
export interface PluginRefusal {
  /** Stable, in `snake_case`; documented by the plugin. */
  readonly code: string
  /** From 400 to 599. */
  readonly status: number
  /** One sentence for the person in front of the browser: static text, nothing that the request brought along. */
  readonly title: string
  /** The field of the request that is wrong. */
  readonly field?: string
  /** Seconds to wait before the same request may succeed. */
  readonly retryAfter?: number
}

/** A refusal of a plugin: problem+json for programs, a page for people. Its text holds nothing but code and title. */
export class PluginError extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly field: string | undefined
  /** Headers for the answer, read by frameworks' default error handlers. */
  readonly headers: Readonly<Record<string, string>>

  constructor({ code, status, title, field, retryAfter }: PluginRefusal) {
    super(`${code}: ${title}`)
    this.name = 'PluginError'
    this.code = code
    this.status = status
    this.title = title
    this.field = field
    this.headers = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
    // A brand, not `instanceof`: bundlers load the same class more than once into one process.
    Object.defineProperty(this, brand, { value: true })
  }
}

/** True for a refusal of a plugin, also across two copies of the kit. */
export function isPluginError(error: unknown): error is PluginError {
  return typeof error === 'object' && error !== null && brand in error
}
