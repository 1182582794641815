import type { Client } from '../state/directory.js'

/**
 * The address at which an app starts a login that did not begin at the app (Scalekit: "initiate login URL"), with
 * what Scalekit tells it. Undefined for an app that has registered none.
 */
export function initiateLoginUrl(
  { initiateLoginUri }: Client,
  params: Readonly<Record<string, string>> = {},
): string | undefined {
  if (initiateLoginUri === undefined || !URL.canParse(initiateLoginUri)) return undefined
  const url = new URL(initiateLoginUri)
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  return url.href
}
