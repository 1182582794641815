import { isScalegateError } from '@scalegate/core'

/**
 * Next keeps the message of a server's error from the browser and passes `digest` on. With the code in it, `error.tsx`
 * can tell an outage (`refresh_unavailable`) from a bug.
 */
export function coded<Args extends readonly unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await work(...args)
    } catch (error) {
      if (isScalegateError(error)) Object.assign(error, { digest: error.code })
      throw error
    }
  }
}
