import { domainRefusals } from '../rest/domains.js'
import { type Desk, fieldOf, type Outcome, type Submission, unknownForm } from './desk.js'

/** The forms about domains. */
export function submitDomains({ environment, organizationId }: Desk, { id, action, form }: Submission): Outcome {
  const { domains } = environment.directory
  if (id === undefined) {
    if (action !== 'add') return unknownForm
    const wanted = { organizationId, name: fieldOf(form, 'domain'), type: 'ORGANIZATION_DOMAIN', by: 'DNS' } as const
    const added = domains.add(wanted)
    return typeof added === 'string' ? { error: `The domain ${domainRefusals[added]}.` } : {}
  }
  if (domains.of(organizationId).every((domain) => domain.id !== id)) return unknownForm
  if (action === 'delete') {
    domains.remove(id)
    return {}
  }
  if (action !== 'verify') return unknownForm
  // Nothing is looked up: the admin says whether DNS has the record.
  if (fieldOf(form, 'dns') !== 'published')
    return { error: 'DNS does not have the TXT record yet. It can take up to 48 hours.' }
  return domains.verify(id)
    ? {}
    : { error: 'The domain cannot be verified: it is over, or another organization owns it.' }
}
