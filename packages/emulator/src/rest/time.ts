import { rfc3339 } from '../clock.js'

/** The seed has no times of its own; the emulator says everything in it is as old as this. */
const SEEDED = 1_760_000_000

/** When something was made or changed; what has no time is of the seed. */
export function timeOf(instant: number = SEEDED): string {
  return rfc3339(instant)
}

/** RFC 3339, or `null` for something that has not happened. */
export function timeOrNull(instant: number | undefined): string | null {
  return instant === undefined ? null : rfc3339(instant)
}
