/**
 * The domain of an e-mail address, as Scalekit matches it: exactly, lower-case, in its ASCII form. Undefined for what is no
 * address: NFKC first, because `a＠evil.com` has an at sign after it (attack row 328).
 */
export function emailDomain(email: string): string | undefined {
  const address = email.normalize('NFKC').trim()
  const match = /^[^\s@<>(),;:"\\[\]]{1,64}@([^\s@/?#\\:]{1,253})$/u.exec(address)
  if (match?.[1] === undefined || /\p{Cc}/u.test(address)) return undefined
  return domainName(match[1])
}

/** The ASCII form of a domain with two labels or more, or undefined. */
export function domainName(domain: string): string | undefined {
  const written = domain.normalize('NFKC').trim().replace(/\.$/, '')
  if (!URL.canParse(`https://${written}`)) return undefined
  const { hostname, host, pathname, search, username } = new URL(`https://${written}`)
  if (host !== hostname || pathname !== '/' || search !== '' || username !== '') return undefined
  return /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(hostname)
    ? hostname
    : undefined
}
