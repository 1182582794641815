/**
 * The name under which a cookie is sent. The prefix makes browsers refuse one that another host of the same site or a
 * plain http page tries to plant (RFC 6265bis §4.1.3): `__Host-` on https, `__Secure-` where a domain shares it.
 * On http, which is this machine only, browsers would drop a prefixed cookie, so there is none.
 */
export function cookieName(
  base: string,
  rules: { readonly secure: boolean; readonly domain?: string | undefined },
): string {
  if (!rules.secure) return base
  return rules.domain === undefined ? `__Host-${base}` : `__Secure-${base}`
}
