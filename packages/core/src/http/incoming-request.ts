/**
 * The little of a request that decisions read. A web `Request` satisfies it, and so does anything an adapter
 * can make without copying headers or touching the body.
 */
export interface IncomingRequest {
  readonly method: string
  /** Absolute, or a path with its query. Only path and query are ever used: the origin is whatever the caller claims. */
  readonly url: string
  readonly headers: {
    /** The value of a header by its case-insensitive name, repeated ones joined; `null` where there is none. */
    get(name: string): string | null
  }
}
