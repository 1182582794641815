import type { ConfigurationProblem } from '../errors/scalegate-error.js'
import type { Setting } from './read-settings.js'

const minimumBytes = 32
const minimumVariety = 10

/** Weak cookie secrets are guessed offline from a single cookie (attack row 135, CVE-2026-34236). */
export function secretProblems(
  secrets: readonly Setting[],
  clientSecret: string | undefined,
): readonly ConfigurationProblem[] {
  const seen = new Set<string>()
  return secrets.flatMap(({ path, value }) => {
    const message = weakness(value, seen, clientSecret)
    seen.add(value)
    return message === undefined ? [] : [{ path, message }]
  })
}

function weakness(secret: string, seen: ReadonlySet<string>, clientSecret: string | undefined): string | undefined {
  if (new TextEncoder().encode(secret).length < minimumBytes) {
    return `must be at least ${minimumBytes} bytes; make one with \`openssl rand -base64 32\``
  }
  if (new Set(secret).size < minimumVariety)
    return 'repeats too few characters; make one with `openssl rand -base64 32`'
  if (/change-?me|example|placeholder|complex_password|your-secret|at_least_32/i.test(secret)) {
    return 'looks like a sample from a document; make one with `openssl rand -base64 32`'
  }
  if (seen.has(secret)) return 'stands in the list twice'
  if (secret === clientSecret) return 'must not be the client secret as well'
  return undefined
}
