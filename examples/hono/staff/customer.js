/** What can be bought, and what can be switched on for a customer. */
export const plans = ['free', 'team', 'enterprise']
export const features = {
  sso: 'Single sign-on',
  dir_sync: 'Directory sync',
  domain_verification: 'Domain verification',
  session_policy: 'Session policy',
}

const taken = 'There is a customer with this id already.'

/** Sets up the customer of a form. Gives it and the link to hand over, or what was typed and the problem with it. */
export async function setUp(organizations, form) {
  const typed = { ...customerIn(form), externalId: textIn(form.external_id) }
  const { name, externalId, plan } = typed
  const problem = problemWith(typed, plans)
  if (problem) return refused(typed, problem)
  if (!/^[\w.-]{1,64}$/.test(externalId)) return refused(typed, 'An id is 1 to 64 letters, digits, dots and dashes.')
  // `onboard` goes on with an organization that is there: the link would lead into the portal of somebody else.
  const { items } = await organizations.all().list({ externalId }).page({ pageSize: 10 })
  if (items.some((one) => one.externalId === externalId)) return refused(typed, taken)
  const wanted = { displayName: name, externalId, metadata: { plan }, features: typed.features }
  return attempt(typed, () => organizations.onboard(wanted))
}

/** Changes a customer to what a form says. Gives nothing, or what was typed and the problem with it. */
export async function change(organizations, id, form) {
  const typed = { ...customerIn(form), id }
  const { name, plan } = typed
  const { metadata = {} } = await organizations.all().get(id)
  const problem = problemWith(typed, [...plans, metadata.plan ?? ''])
  if (problem) return refused(typed, problem)
  const switches = Object.keys(features).map((feature) => [feature, typed.features.includes(feature)])
  return attempt(typed, async () => {
    // With everything else in it: whether that would stay is not documented.
    const changed = plan === (metadata.plan ?? '') ? {} : { metadata: { ...metadata, plan } }
    await organizations.all().update(id, { displayName: name, ...changed })
    await organizations.all().setFeatures(id, Object.fromEntries(switches))
    return {}
  })
}

/** One more link for a customer. Each opens once, within a minute. */
export async function newLink(organizations, id) {
  const organization = await organizations.all().get(id)
  return { organization, portalLink: await organizations.all().portalLink(id) }
}

function customerIn(form) {
  const chosen = [form.features].flat()
  return {
    name: textIn(form.name),
    plan: textIn(form.plan),
    features: Object.keys(features).filter((feature) => chosen.includes(feature)),
  }
}

function textIn(value) {
  return typeof value === 'string' ? value.trim() : ''
}

function problemWith({ name, plan }, possible) {
  if (name === '' || name.length > 200) return 'A customer needs a name of 1 to 200 characters.'
  return possible.includes(plan) ? undefined : 'There is no such plan.'
}

function refused(typed, problem) {
  return { typed: { ...typed, problem } }
}

/** What other words on the form can put right is told there. Everything else is for the error page. */
async function attempt(typed, work) {
  try {
    return await work()
  } catch (error) {
    if (error.code === 'management_conflict') return refused(typed, taken)
    if (error.code !== 'management_rejected') throw error
    const reasons = error.fields.map(({ field, description }) => `${field} ${description}`)
    return refused(typed, `Scalekit does not accept this: ${reasons.join(', ')}.`)
  }
}
