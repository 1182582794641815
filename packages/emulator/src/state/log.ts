/** Newest entries win: an emulator that runs for days must not grow without bound. */
const LIMIT = 5000

/** A bounded, append-only list; every entry gets the next number as `id`. */
export class Log<Entry extends object> {
  #entries: readonly (Entry & { readonly id: number })[] = []
  #next = 1

  append(entry: Entry): Entry & { readonly id: number } {
    const numbered = { id: this.#next, ...entry }
    this.#next += 1
    this.#entries = [...this.#entries.slice(1 - LIMIT), numbered]
    return numbered
  }

  /** Entries after the one with this id; all of them without. */
  since(id = 0): readonly (Entry & { readonly id: number })[] {
    return this.#entries.filter((entry) => entry.id > id)
  }

  /** Forgets the entries; numbering goes on, so that `since` stays true across it. */
  clear(): void {
    this.#entries = []
  }
}
