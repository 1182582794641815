import { ConfigurationError } from '@scalegate/core'

/**
 * In development, a guard that nobody waits for reports itself: without `await` it compiles, and the page is shown to
 * everybody. The report is an unhandled rejection with the stack of the call, which Next prints and shows.
 */
export function reportUnawaited<Value>(guard: string, answer: Promise<Value>): Promise<Value> {
  if (process.env.NODE_ENV !== 'development') return answer
  const report = new ConfigurationError('guard_not_awaited', [], `\`auth.${guard}()\` was called without \`await\`.`)
  let awaited = false
  setTimeout(() => {
    if (!awaited) void Promise.reject(report)
  })
  // What it would have answered is not the news.
  answer.catch(() => undefined)
  const heard = () => {
    awaited = true
    return answer
  }
  // No promise itself: `await` does not call the `then` of a real one.
  return {
    // biome-ignore lint/suspicious/noThenProperty: it is meant to be awaited
    then: (fulfilled, rejected) => heard().then(fulfilled, rejected),
    catch: (rejected) => heard().catch(rejected),
    finally: (settled) => heard().finally(settled),
    [Symbol.toStringTag]: 'Promise',
  }
}
