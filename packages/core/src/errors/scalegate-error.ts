import {
  type ConfigurationErrorCode,
  type ErrorCode,
  errorCodes,
  type LoginErrorCode,
  type ProviderErrorCode,
  type RefreshErrorCode,
  type RequestErrorCode,
  type SessionErrorCode,
  type StoreErrorCode,
  type TokenErrorCode,
} from './error-codes.js'

const brand: unique symbol = Symbol.for('scalegate:error') as never

/**
 * The base of every error the kit throws. `message` is the code, a sentence and what to do;
 * it never holds a token, cookie, secret, address of a person or query of a URL.
 */
export class ScalegateError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  /** The HTTP status of the answer; frameworks' default error handlers read it. */
  readonly status: number

  constructor(code: Code, detail?: string) {
    const { title, advice, status } = errorCodes[code]
    super(`${code}: ${detail ?? title} ${advice}`)
    this.name = new.target.name
    this.code = code
    this.status = status
    // A brand, not `instanceof`: bundlers load the same class more than once into one process.
    Object.defineProperty(this, brand, { value: true })
  }

  toJSON(): { code: Code; message: string } {
    return { code: this.code, message: this.message }
  }
}

/** One thing that is wrong with the configuration. */
export interface ConfigurationProblem {
  /** The option as written in code (`session.idle`), or the environment variable. */
  readonly path: string
  readonly message: string
}

/** Fix the deployment: thrown at creation or first use, with every problem at once. */
export class ConfigurationError extends ScalegateError<ConfigurationErrorCode> {
  readonly problems: readonly ConfigurationProblem[]

  constructor(code: ConfigurationErrorCode, problems: readonly ConfigurationProblem[] = [], detail?: string) {
    super(code, detail)
    this.problems = problems
    if (problems.length > 0) {
      this.message = `${code}: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}\n${problems
        .map(({ path, message }) => `  - ${path}: ${message}`)
        .join('\n')}`
    }
  }
}

/** Let the person try again: a login that did not finish. */
export class LoginError extends ScalegateError<LoginErrorCode> {
  /** A word for logs, such as the claim or the provider's own error code from a known list. */
  readonly reason: string | undefined

  constructor(code: LoginErrorCode, reason?: string) {
    super(code)
    this.reason = reason
  }
}

/** A token that must not be believed. `reason` names the check, never the value. */
export class TokenError extends ScalegateError<TokenErrorCode> {
  readonly reason: string

  constructor(code: TokenErrorCode, reason: string) {
    super(code)
    this.reason = reason
  }
}

/** `refresh_rejected` ends the session; `refresh_unavailable` keeps it. */
export class RefreshError extends ScalegateError<RefreshErrorCode> {
  /** True: nothing is known against the session, try again later. */
  readonly transient: boolean
  readonly reason: string
  /** Seconds the provider asked to be left alone, if it did. */
  readonly retryAfter: number | undefined
  /** Headers for the answer, read by frameworks' default error handlers. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: RefreshErrorCode, reason: string, retryAfter?: number) {
    super(code)
    this.transient = code === 'refresh_unavailable'
    this.reason = reason
    this.retryAfter = retryAfter
    this.headers = this.transient ? { 'Retry-After': String(retryAfter ?? 5) } : {}
  }
}

/** No session, one that may not, or one that cannot be decided or stored. */
export class SessionError extends ScalegateError<SessionErrorCode> {}

/** What the processes of the app share cannot be asked. Nothing has ended, and nobody is let in. */
export class StoreError extends ScalegateError<StoreErrorCode> {
  /** Headers for the answer, read by frameworks' default error handlers. */
  readonly headers: Readonly<Record<string, string>> = { 'Retry-After': '2' }
}

/** Keys or metadata of the provider that cannot be had. */
export class ProviderError extends ScalegateError<ProviderErrorCode> {}

/** A request to one of the kit's own routes that is refused before it is looked into. */
export class RequestError extends ScalegateError<RequestErrorCode> {}

/** True for errors of the kit, also across two copies of it; with `code`, for that code only. */
export function isScalegateError<Code extends ErrorCode>(error: unknown, code?: Code): error is ScalegateError<Code> {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || ('code' in error && error.code === code)
}

const outages = [
  'refresh_unavailable',
  'permissions_unavailable',
  'management_unavailable',
  'store_unavailable',
] as const

/** True where somebody is known and cannot be decided now, because the provider, its API, the permission source or the store does not answer. */
export function isOutage(error: unknown): error is ScalegateError<(typeof outages)[number]> {
  return outages.some((code) => isScalegateError(error, code))
}
