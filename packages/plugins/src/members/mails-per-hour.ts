import { createRateLimit, type PluginKit, type Session } from '@scalegate/core/plugin'

/** Mails that may go out within an hour, counted in this process. */
export interface MailsPerHour {
  /** @defaultValue 60 */
  readonly inviter?: number
  /** @defaultValue 300 */
  readonly organization?: number
  /** @defaultValue 5 */
  readonly recipient?: number
}

const defaults = { inviter: 60, organization: 300, recipient: 5 }

/** @throws TypeError */
export function checkedMailsPerHour(given: MailsPerHour = {}): Required<MailsPerHour> {
  for (const [name, max] of Object.entries(given))
    if (!Number.isSafeInteger(max) || max < 1 || !Object.hasOwn(defaults, name))
      throw new TypeError(
        `members({ mailsPerHour.${name} }) must be a whole number, 1 or more, of inviter, organization or recipient.`,
      )
  return { ...defaults, ...given }
}

/** Counts a mail before it goes out. @throws PluginError rate_limited (429) */
export function createMailCount(kit: PluginKit, max: Required<MailsPerHour>) {
  const limit = (name: keyof MailsPerHour) =>
    createRateLimit(kit, { name: `mails of ${name}`, max: max[name], seconds: 3600 })
  const [ofInviter, ofOrganization, toRecipient] = [limit('inviter'), limit('organization'), limit('recipient')]
  return (session: Session, organizationId: string, recipient: string): void => {
    toRecipient(`${organizationId} ${recipient}`)
    ofInviter(`${organizationId} ${session.user.id}`)
    ofOrganization(organizationId)
  }
}
