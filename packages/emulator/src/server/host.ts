/**
 * True when the Host header names this emulator. Any other name means that somebody's page resolved to this machine
 * (DNS rebinding, attack row 374).
 */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].some((name) => host === `${name}:${port}`)
}
