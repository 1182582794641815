/**
 * Remembers which webhook deliveries were handled (`webhook-id`): at-least-once becomes once. A store that is shared by
 * several processes must make `claim` and `latest` atomic ("set if absent", "set if later").
 *
 * Keys are at most 255 letters, digits, `_` and `-`; those of deliveries and those of objects are two kinds, to be kept
 * apart. Durations are seconds. A method that rejects makes the sender try again later (503).
 */
export interface DeliveryStore {
  /**
   * `claimed`: it is this caller's to handle, for `seconds` at the most, after which the next one may. `in_progress`:
   * somebody else is at it. `handled`: it is done.
   */
  readonly claim: (key: string, seconds: number) => Promise<'claimed' | 'in_progress' | 'handled'>
  /** It was handled; later deliveries are duplicates, for `seconds`. */
  readonly complete: (key: string, seconds: number) => Promise<void>
  /** Handling failed: the next delivery may try. What is complete stays complete. */
  readonly release: (key: string) => Promise<void>
  /**
   * Notes that an event of the instant `at` about an object is being handled, for `seconds`, and gives the latest instant
   * noted before, if any. An earlier one never replaces a later one. Instants are digits of one width: the order of the
   * texts is the order in time.
   */
  readonly latest: (object: string, at: string, seconds: number) => Promise<string | undefined>
}
