const prefix = 'whsec_'
const minimumBytes = 24
const maximumBytes = 64

/**
 * What is wrong with the signing secret of a webhook endpoint, or undefined. An empty key signs for everybody, and a
 * lax decoder makes one out of a misspelt secret (attack row 273). No message repeats any part of the secret.
 */
export function webhookSecretProblem(secret: string): string | undefined {
  if (/\s/.test(secret)) return 'must not contain spaces or line ends; copy it from the Scalekit dashboard once more'
  const bytes = decodeWebhookSecret(secret)
  if (bytes === undefined)
    return `must be "${prefix}" and standard base64 with its padding, as the Scalekit dashboard shows it`
  if (bytes.length < minimumBytes || bytes.length > maximumBytes)
    return `must hold ${minimumBytes} to ${maximumBytes} bytes, as Scalekit makes them`
  return undefined
}

/**
 * The key in a secret (Standard Webhooks, "Signature scheme"); the prefix may be left out. Canonical base64 only: with
 * base64url or without padding it would be a guess which key the sender signs with.
 */
export function decodeWebhookSecret(secret: string): Uint8Array<ArrayBuffer> | undefined {
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret
  try {
    const binary = atob(encoded)
    // `atob` forgives spaces, missing padding and bits that nobody asked for.
    if (btoa(binary) !== encoded) return undefined
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch {
    // Its error quotes nothing, and it cannot be asked without throwing.
    return undefined
  }
}
