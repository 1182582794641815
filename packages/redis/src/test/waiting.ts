export const now = (): number => performance.now() / 1000

export const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000)
  })

/** How long until it holds. What rejects does not hold yet. */
export async function until(holds: () => boolean | Promise<boolean>, limit = 20): Promise<number> {
  const begun = now()
  const attempt = async () => holds()
  while (!(await attempt().catch(() => false))) {
    if (now() - begun > limit) throw new Error(`not within ${limit} s`)
    await sleep(0.005)
  }
  return now() - begun
}

/** What a promise rejects with; undefined where it does not. */
export function rejection(attempt: Promise<unknown>): Promise<(Error & { readonly code?: string }) | undefined> {
  return attempt.then(
    () => undefined,
    (error: Error & { readonly code?: string }) => error,
  )
}
