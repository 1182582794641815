import type { ManagementErrorCode } from './error-codes.js'
import { ScalegateError } from './scalegate-error.js'

/** One value of a request that Scalekit did not accept. */
export interface RejectedField {
  /** The name on the wire, such as `user_profile.given_name`. */
  readonly field: string
  /** Scalekit's own words; addresses and what looks like a token are taken out. */
  readonly description: string
}

/** What is known about a failed call. */
export interface ManagementFailure {
  /** Which argument or part of the answer, in words of this package. */
  readonly detail?: string | undefined
  readonly providerStatus?: number | undefined
  readonly errorCode?: string | undefined
  readonly fields?: readonly RejectedField[] | undefined
  readonly providerMessage?: string | undefined
  readonly retryAfter?: number | undefined
  readonly isRetryable?: boolean | undefined
}

/**
 * A call to Scalekit's management API that did not succeed. `code` says what to do about it; `status` is the HTTP status
 * an app would answer with: a 401 of Scalekit is about the app's own credentials, so it is a 500 here.
 */
export class ManagementError extends ScalegateError<ManagementErrorCode> {
  /** The HTTP status Scalekit answered with; undefined where there was no answer. */
  readonly providerStatus: number | undefined
  /** Scalekit's word for the reason, such as `ORGANIZATION_NOT_FOUND`. */
  readonly errorCode: string | undefined
  /** Seconds that Scalekit asks to be left alone. */
  readonly retryAfter: number | undefined
  /** True where the same call may succeed later. Whether it was done already is unknown after a lost answer. */
  readonly isRetryable: boolean
  /** Headers for the answer, read by frameworks' default error handlers. */
  readonly headers: Readonly<Record<string, string>>
  /** What Scalekit found wrong with the values, by field. Not enumerable, so that a logged error does not show it. */
  declare readonly fields: readonly RejectedField[]
  /** Scalekit's own sentence. It may name people: not enumerable, and not for logs. */
  declare readonly providerMessage: string | undefined

  constructor(code: ManagementErrorCode, failure: ManagementFailure = {}) {
    super(code, failure.detail)
    this.providerStatus = failure.providerStatus
    this.errorCode = failure.errorCode
    this.retryAfter = failure.retryAfter
    this.isRetryable = failure.isRetryable ?? false
    this.headers = failure.retryAfter === undefined ? {} : { 'Retry-After': String(failure.retryAfter) }
    Object.defineProperty(this, 'fields', { value: failure.fields ?? [] })
    Object.defineProperty(this, 'providerMessage', { value: failure.providerMessage })
  }
}
