/** A transaction cookie as it stands in a request. */
export interface PendingCookie {
  readonly name: string
  readonly bytes: number
  /** From the cookie's own name, where it is written in clear; it orders, it proves nothing. */
  readonly startedAt: number
}

/**
 * The cookies to drop so that one more login fits: the oldest first, until at most `max - 1` are left and all of
 * them with the new one stay within `maxBytes`. Unfinished logins pile up otherwise until the server answers 431.
 * Pure: the caller writes the deletions.
 */
export function evictions(
  pending: readonly PendingCookie[],
  incomingBytes: number,
  limits: { readonly max: number; readonly maxBytes: number },
): readonly string[] {
  const newestFirst = [...pending].sort((a, b) => b.startedAt - a.startedAt || a.name.localeCompare(b.name))
  let bytes = incomingBytes
  let kept = 0
  return newestFirst
    .filter((cookie) => {
      const fits = kept < limits.max - 1 && bytes + cookie.bytes <= limits.maxBytes
      if (!fits) return true
      bytes += cookie.bytes
      kept += 1
      return false
    })
    .map(({ name }) => name)
}
