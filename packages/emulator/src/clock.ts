const RealDate = globalThis.Date

/**
 * The clock of this thread. The engine reads `Date.now()` and offers no hook, so the Worker it runs in gets a
 * `Date` that is shifted; the app's own thread keeps the real one.
 */
export class Clock {
  #offset = 0

  /** Seconds between this clock and the real one; negative is the past. */
  get offset(): number {
    return this.#offset
  }

  set(offset: number): void {
    this.#offset = offset
  }

  /** Replaces `Date` in the global scope of the calling thread, for good. */
  install(): void {
    const shifted = () => RealDate.now() + this.#offset * 1000
    globalThis.Date = new Proxy(RealDate, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [shifted()] : args, newTarget),
      apply: () => new RealDate(shifted()).toString(),
      get: (target, property, receiver) => (property === 'now' ? shifted : Reflect.get(target, property, receiver)),
    })
  }
}

/** The current instant as NumericDate seconds (RFC 7519 §2), on the shifted clock where one is installed. */
export function now(): number {
  return Math.floor(Date.now() / 1000)
}

/** An instant as RFC 3339, the way the REST API writes times. */
export function rfc3339(instant: number): string {
  return new Date(instant * 1000).toISOString()
}
