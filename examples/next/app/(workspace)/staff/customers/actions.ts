'use server'

import { isScalegateError, type ManagementError } from '@scalegate/core/management'
import { revalidatePath } from 'next/cache'
import { auth } from '@/lib/auth'
import { type CustomerForm, customerIn, featureNames, type Outcome, plans, problemWith, textIn } from '@/lib/customers'
import { staffOrganization } from '@/lib/staff'

/** Whoever changes something is one of the vendor's own administrators, as Scalekit sees it now. */
const staff = {
  organizationId: (_before: Outcome, _form: FormData) => staffOrganization(),
  role: 'admin',
  fresh: true,
} as const

const taken = 'There is a customer with this id already.'

export const setUp = auth.action(staff, async (_session, _before: Outcome, form: FormData): Promise<Outcome> => {
  const typed = customerIn(form)
  const { name: displayName, externalId = '', plan, features } = typed
  const problem = problemWith(typed)
  if (problem) return { typed, problem }
  if (!/^[\w.-]{1,64}$/.test(externalId))
    return { typed, problem: 'An id is 1 to 64 letters, digits, dots and dashes.' }
  // `onboard` goes on with an organization that is there: the link would lead into the portal of somebody else.
  const { items } = await auth.organizations.all().list({ externalId }).page({ pageSize: 10 })
  if (items.some((one) => one.externalId === externalId)) return { typed, problem: taken }
  return outcomeOf(typed, async () => {
    const made = await auth.organizations.onboard({ displayName, externalId, metadata: { plan }, features })
    return { portalLink: made.portalLink.location, to: made.organization.displayName }
  })
})

/** The two buttons of a customer's form. */
export const change = auth.action(staff, async (_session, _before: Outcome, form: FormData): Promise<Outcome> => {
  const id = textIn(form, 'id')
  return textIn(form, 'wanted') === 'link' ? newLink(id) : save(id, customerIn(form))
})

/** One more link for a customer. Each opens once, within a minute. */
async function newLink(id: string): Promise<Outcome> {
  const { displayName } = await auth.organizations.all().get(id)
  const { location } = await auth.organizations.all().portalLink(id)
  return { portalLink: location, to: displayName }
}

async function save(id: string, typed: CustomerForm): Promise<Outcome> {
  const { name: displayName, plan } = typed
  const { metadata = {} } = await auth.organizations.all().get(id)
  const problem = problemWith(typed, [...plans, metadata.plan ?? ''])
  if (problem) return { typed, problem }
  const switches = featureNames.map((feature) => [feature, typed.features.includes(feature)])
  return outcomeOf(typed, async () => {
    // With everything else in it: whether that would stay is not documented.
    const changed = plan === (metadata.plan ?? '') ? {} : { metadata: { ...metadata, plan } }
    await auth.organizations.all().update(id, { displayName, ...changed })
    await auth.organizations.all().setFeatures(id, Object.fromEntries(switches))
    return undefined
  })
}

/** What other words on the form can put right is told there. Everything else is for the error page. */
async function outcomeOf(typed: CustomerForm, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const outcome = await work()
    revalidatePath('/staff/customers')
    return outcome
  } catch (error) {
    if (isScalegateError(error, 'management_conflict')) return { typed, problem: taken }
    if (!isScalegateError(error, 'management_rejected')) throw error
    const reasons = (error as ManagementError).fields.map(({ field, description }) => `${field} ${description}`)
    return { typed, problem: `Scalekit does not accept this: ${reasons.join(', ')}.` }
  }
}
