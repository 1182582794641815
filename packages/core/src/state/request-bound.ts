/**
 * True on workerd, by the name that it documents for telling it apart: there a promise that belongs to another request
 * never settles. Node 20 has no `navigator` at all.
 */
export function promisesAreBoundToRequests(): boolean {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: string } }
  return navigator?.userAgent === 'Cloudflare-Workers'
}
