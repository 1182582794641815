/** Who can do something about it; it decides the class that carries the code. */
export type ErrorFamily =
  | 'configuration'
  | 'login'
  | 'token'
  | 'refresh'
  | 'session'
  | 'store'
  | 'provider'
  | 'request'
  | 'management'

/** What a code means, and to whom. */
export interface ErrorEntry {
  readonly family: ErrorFamily
  /** The HTTP status of the answer, where the code becomes one. */
  readonly status: number
  /** One sentence for the person in front of the browser, or for the developer where no person sees it. */
  readonly title: string
  /** What to do about it. */
  readonly advice: string
}
