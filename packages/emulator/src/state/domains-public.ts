/** Mail providers where everybody gets an address. Scalekit refuses them by a longer list that it does not publish. */
const publicDomains: ReadonlySet<string> = new Set([
  'aol.com',
  'fastmail.com',
  'gmail.com',
  'gmx.com',
  'gmx.de',
  'gmx.net',
  'googlemail.com',
  'guerrillamail.com',
  'hey.com',
  'hotmail.com',
  'icloud.com',
  'live.com',
  'mail.com',
  'mail.ru',
  'mailinator.com',
  'me.com',
  'msn.com',
  'outlook.com',
  'proton.me',
  'protonmail.com',
  'qq.com',
  'web.de',
  'yahoo.co.uk',
  'yahoo.com',
  'yandex.com',
  'zoho.com',
])

/** True for a domain of the public, which no organization can own. */
export function isPublicDomain(domain: string): boolean {
  return publicDomains.has(domain)
}
