/** How often the element fetches a link by itself before it asks people: a portal that ends at once would go on for ever. */
const reloads = 3
const withinMilliseconds = 60_000

/** Counts the loads that nobody asked for. */
export class ReloadBudget {
  #taken: number[] = []

  /** Takes one, unless too many were taken in the last minute. */
  take(now: number): boolean {
    this.#taken = this.#taken.filter((at) => now - at < withinMilliseconds)
    if (this.#taken.length >= reloads) return false
    this.#taken.push(now)
    return true
  }

  /** A person asked, or something else is asked for. */
  refill(): void {
    this.#taken = []
  }
}
