/**
 * The origin of a Scalekit environment, or undefined if this is not the address of one: https, or http on this machine,
 * a host and perhaps a port, nothing more.
 *
 * `URL` lets `*`, `;` and `,` into a host. In a policy they would be a wildcard, another directive and another policy,
 * so the host is held to what CSP calls one (CSP3 §2.3.1 `host-char`), which leaves no IPv6.
 */
export function environmentOrigin(address: unknown): string | undefined {
  const url = typeof address === 'string' ? parsed(address) : undefined
  if (url === undefined || url.href !== `${url.origin}/`) return undefined
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(url.hostname)) return undefined
  return isConfidential(url) ? url.origin : undefined
}

/** https, or http that never leaves this machine, as the emulator's. */
function isConfidential({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true
  const loopback = hostname === 'localhost' || hostname.endsWith('.localhost') || /^127(\.\d+){3}$/.test(hostname)
  return protocol === 'http:' && loopback
}

/** `URL.canParse` and `URL.parse` are too young for the browsers of people. */
export function parsed(address: string, base?: string): URL | undefined {
  try {
    return new URL(address, base)
  } catch {
    return undefined
  }
}
