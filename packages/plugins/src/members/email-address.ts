import { PluginError } from '@scalegate/core/plugin'
import { domainName } from '../sso/email-domain.js'

/**
 * One plain address, as it goes out: small letters, the domain in its ASCII form, so that whoever invites sees which domain it
 * is. NFKC comes first, because `a＠evil.com` has an at sign after it; no list, name, comment, quote or line end can be in
 * what is left (attack rows 327 to 329).
 *
 * @throws PluginError email_invalid (400)
 */
export function emailAddress(value: unknown): string {
  const address = typeof value === 'string' ? normalized(value) : undefined
  if (address !== undefined) return address
  throw new PluginError({ code: 'email_invalid', status: 400, title: 'That is no e-mail address.', field: 'email' })
}

const longest = 254

/** Letters of other scripts in the local part look like others, and few mail servers take them. */
const localPart = /^(?=.{1,64}$)[a-z0-9_+'=~&-]+(\.[a-z0-9_+'=~&-]+)*$/

function normalized(value: string): string | undefined {
  // Before anything is taken off its ends.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)) return undefined
  const parts = value.normalize('NFKC').trim().toLowerCase().split('@')
  const [local = '', domain = ''] = parts
  // No port and no address of a machine, which an URL may have.
  if (parts.length !== 2 || !localPart.test(local) || /[^\p{L}\p{M}\p{N}.-]/u.test(domain)) return undefined
  const ascii = domainName(domain)
  const address = `${local}@${ascii}`
  return ascii === undefined || address.length > longest ? undefined : address
}
