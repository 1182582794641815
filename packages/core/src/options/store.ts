/**
 * Condition of a write. `absent`: nothing lies under the key. `is`: exactly this lies there, compared byte by byte.
 */
export type StoreCondition = 'absent' | { readonly is: string }

/** "Not valid before": every session of `name` that began at or before `at` is over, or has to be confirmed. */
export interface StoredMark {
  /** Under which it is read again: at most 64 letters, digits, `_` and `-`. Made from `name` by a hash. */
  readonly key: string
  /**
   * What the other processes are told; any characters, at most 2 KB. In clear: an issuer, a client, and the provider's id of
   * a session, person or organization, or the kit's of a session.
   */
  readonly name: string
  /** Seconds since 1970, with fractions. */
  readonly at: number
}

/** Marks as they are in the log at one moment. */
export interface MarkReading {
  /**
   * Since when the log has been kept without a gap, in seconds since 1970. An engine that lost its data begins anew, by a
   * clock of its own where it has one, and else by that of whoever notices first.
   */
  readonly since: number
  /** The instants of the keys that were asked for, in their order. */
  readonly at: readonly (number | undefined)[]
}

/** Who is told of marks. */
export interface MarkFollower {
  readonly marks: (marks: readonly Pick<StoredMark, 'name' | 'at'>[]) => void
  /** Everything has been told that the log held `age` seconds ago. Called often while the engine answers. */
  readonly current: (age: number, since: number) => void
}

/**
 * Revocation marks that all processes of an app share. Each method rejects within a second where the engine cannot be
 * asked.
 */
export interface MarkLog {
  /**
   * Keeps each mark for at least `seconds`, and tells the followers. Durable once it resolves, as one step: a mark that can
   * be read is told as well. A mark never moves back: of two instants the later one stays.
   */
  readonly write: (marks: readonly StoredMark[], seconds: number) => Promise<void>
  readonly read: (keys: readonly string[]) => Promise<MarkReading>
  /**
   * Tells all marks of the log and then each new one, until the returned function is called. Finds back by itself after
   * an outage, without a gap; what is told twice does no harm.
   */
  readonly follow: (follower: MarkFollower) => () => void
}

/**
 * What several processes of an app share: sessions, locks, what has been used once, and revocation marks. An engine of
 * your own needs these five methods, and `marks`, which has three; `storeContract` of `@scalegate/testing` says whether
 * they keep their word.
 *
 * Keys are at most 200 letters, digits, `_`, `-`, `.` and `:`. What a client or the provider sent is in them only as a
 * hash, and values are sealed by the kit where they hold anything of a person. The names of marks are neither: whoever can
 * read the store learns who was logged out. Durations are seconds; an entry is gone when they are over. Each method is
 * atomic, and rejects within a second where the engine cannot be asked: the kit answers 503 then, and ends no session.
 */
export interface Store {
  readonly get: (key: string) => Promise<string | undefined>
  /** Writes, where the condition holds. Resolves to whether it did. */
  readonly set: (key: string, value: string, seconds: number, condition?: StoreCondition) => Promise<boolean>
  /** Deletes, where the condition holds. Resolves to whether something was deleted. */
  readonly delete: (key: string, condition?: { readonly is: string }) => Promise<boolean>
  /**
   * Keeps the greater of two texts, compared byte by byte, for `seconds` from now. Resolves to the text that lay there
   * before.
   */
  readonly raise: (key: string, value: string, seconds: number) => Promise<string | undefined>
  readonly marks: MarkLog
  /**
   * Begins its connections anew: the kit was given the reply to another question, as happens where a connection is broken
   * off in the middle. Without it the kit refuses what it is given, and goes on asking.
   */
  readonly reset?: () => void
  /** It is the memory of one process: where there are several, they hear nothing of each other. */
  readonly isLocal?: true
  /** Closes what the store has opened itself. */
  readonly close: () => Promise<void>
}
