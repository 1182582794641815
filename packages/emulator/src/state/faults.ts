import { mapOf, number, object, oneOf, read, type Shape, text } from '../shape.js'

/** What a fault can hit; `any` is everything except the control API. */
export const endpoints = ['authorize', 'token', 'keys', 'discovery', 'userinfo', 'logout', 'api', 'any'] as const
/** One of the endpoints a fault can hit. */
export type Endpoint = (typeof endpoints)[number]

/**
 * How a request goes wrong.
 *
 * - `status`: answered with `status` (and `headers`, `body`) instead of being processed
 * - `body`: answered 200 with `body` and `contentType` instead of being processed
 * - `delay`: processed after `delay` seconds
 * - `drop`: the connection is closed before anything is processed
 * - `lose_response`: processed, then the connection is closed without an answer
 */
export const faultKinds = ['status', 'delay', 'lose_response', 'drop', 'body'] as const
/** One of {@link faultKinds}. */
export type FaultKind = (typeof faultKinds)[number]

/** A fault to add. */
export interface FaultInput {
  readonly endpoint: Endpoint
  readonly kind: FaultKind
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly contentType?: string
  /** Seconds. */
  readonly delay?: number
  /** How often; 0 is until removed. Default 1. */
  readonly times?: number
  /** Only token requests with this grant type. */
  readonly grantType?: string
}

/** A fault that waits. */
export interface Fault extends FaultInput {
  readonly id: string
  /** Requests it will still hit; `null` is no limit. */
  readonly remaining: number | null
}

const string: Shape<string> = (value, path) => (value === '' ? '' : text(value, path))

const shape: Shape<FaultInput> = object(
  { endpoint: oneOf(...endpoints), kind: oneOf(...faultKinds) },
  {
    status: number(100),
    headers: mapOf(string),
    body: string,
    contentType: text,
    delay: number(0),
    times: number(0),
    grantType: text,
  },
)

/** @throws ShapeError naming the member that is unknown or has the wrong type. */
export function parseFault(value: unknown): FaultInput {
  return read(shape, value)
}

/** The faults that wait for requests. */
export class Faults {
  #waiting: readonly Fault[] = []
  #next = 1

  get all(): readonly Fault[] {
    return this.#waiting
  }

  add(input: FaultInput): string {
    const id = `fault_${this.#next}`
    this.#next += 1
    const times = input.times ?? 1
    this.#waiting = [...this.#waiting, { ...input, id, remaining: times === 0 ? null : times }]
    return id
  }

  /** Returns whether there was one. */
  remove(id: string): boolean {
    const before = this.#waiting.length
    this.#waiting = this.#waiting.filter((fault) => fault.id !== id)
    return this.#waiting.length < before
  }

  clear(): void {
    this.#waiting = []
  }

  /** The oldest fault that is meant for this request, counted as used. */
  take(request: { readonly endpoint: string; readonly grantType?: string | undefined }): Fault | undefined {
    const hit = this.#waiting.find(
      (fault) =>
        (fault.endpoint === 'any' || fault.endpoint === request.endpoint) &&
        (fault.grantType === undefined || fault.grantType === request.grantType),
    )
    if (hit === undefined || hit.remaining === null) return hit
    const remaining = hit.remaining - 1
    this.#waiting = this.#waiting.flatMap((fault) => {
      if (fault.id !== hit.id) return [fault]
      return remaining === 0 ? [] : [{ ...fault, remaining }]
    })
    return hit
  }
}
