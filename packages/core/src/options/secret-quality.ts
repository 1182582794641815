import type { ConfigurationProblem } from '../errors/scalegate-error.js'
import type { Setting } from './read-settings.js'

const minimumBytes = 32
const minimumVariety = 8
const remedy = 'make one with `openssl rand -base64 32`'

/** What documents and templates print where a secret should stand; compared without case, spaces and punctuation. */
const samples = [
  'changeme',
  'replaceme',
  'yoursecret',
  'yourcookie',
  'mysecret',
  'supersecret',
  'secretkey',
  'placeholder',
  'keyboardcat',
  'password',
  'atleast32',
  'insecure',
] as const

/** What is wrong with the cookie secrets, each by the name under which it was given. */
export function secretProblems(
  secrets: readonly Setting[],
  clientSecret: string | undefined,
): readonly ConfigurationProblem[] {
  return secrets.flatMap(({ path, value }, index) => {
    const earlier = secrets.slice(0, index).map((secret) => secret.value)
    const others = clientSecret === undefined ? earlier : [...earlier, clientSecret]
    return secretWeaknesses(value, others).map((message) => ({ path, message }))
  })
}

/**
 * Says what is wrong with a secret that seals cookies; a weak one is guessed offline from a single cookie
 * (CVE-2026-34236). `others` are the app's further secrets: one leak must not be two.
 *
 * Empty: nothing is wrong. No message repeats any part of a secret.
 */
export function secretWeaknesses(secret: string, others: readonly string[]): readonly string[] {
  return [
    ...when(
      new TextEncoder().encode(secret).length < minimumBytes,
      `must be at least ${minimumBytes} bytes; ${remedy}`,
    ),
    ...when(isMonotonous(secret), `is a pattern, not a random value; ${remedy}`),
    ...when(isSample(secret), `looks like a sample from a document; ${remedy}`),
    ...when(others.includes(secret), 'must not be used for anything else as well'),
  ]
}

function when(applies: boolean, message: string): readonly string[] {
  return applies ? [message] : []
}

/** Few characters, one piece over and over, or a run such as `abcdefgh…`. A random value is none of them. */
function isMonotonous(secret: string): boolean {
  return new Set(secret).size < minimumVariety || isPeriodic(secret) || isRun(secret)
}

function isPeriodic(secret: string): boolean {
  const periods = Array.from({ length: Math.floor(secret.length / 2) }, (_, index) => index + 1)
  return periods.some((period) => secret.startsWith(secret.slice(period)))
}

function isRun(secret: string): boolean {
  const codes = Array.from(secret, (character) => character.codePointAt(0) ?? 0)
  const steps = codes.slice(1).filter((code, index) => Math.abs(code - (codes[index] ?? 0)) <= 1)
  return steps.length > codes.length * 0.75
}

function isSample(secret: string): boolean {
  const letters = secret.toLowerCase().replace(/[^a-z0-9]/g, '')
  return samples.some((sample) => letters.includes(sample))
}
