import { createRateLimit, type PluginKit, type Session } from '@scalegate/core/plugin'

/** Mails that may go out within an hour, counted in this process. */
export interface MailsPerHour {
  /** Of one person, for all their organizations together. @defaultValue 60 */
  readonly inviter?: number
  /** @defaultValue 300 */
  readonly organization?: number
  /**
   * To one address, from all organizations together. Those that are sent again go to a user id, of which Scalekit does not say the
   * address: that many more may come of them. @defaultValue 5
   */
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

/**
 * Counts a mail before it goes out. What is refused for the inviter uses up nothing of the others; and neither they nor the
 * recipient are counted by organization, or somebody with ten of them could send ten times as much (attack row 329).
 *
 * @throws PluginError rate_limited (429)
 */
export function createMailCount(kit: PluginKit, max: Required<MailsPerHour>) {
  const limit = (name: keyof MailsPerHour) =>
    createRateLimit(kit, { name: `mails of ${name}`, max: max[name], seconds: 3600 })
  const [ofInviter, ofOrganization, toRecipient] = [limit('inviter'), limit('organization'), limit('recipient')]
  return (session: Session, organizationId: string, recipient: string): void => {
    ofInviter(session.user.id)
    ofOrganization(organizationId)
    toRecipient(recipient)
  }
}
