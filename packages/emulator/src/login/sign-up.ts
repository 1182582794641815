import { connectionOfDomain, domainOf } from '../engine/selection.js'
import { pageHeaders } from '../server/page-headers.js'
import { admit, type Step } from './finish.js'
import { signUpPage } from './pages.js'

/** Makes an account and an organization; the person becomes its creator. */
export async function postSignUp(step: Step): Promise<Response> {
  const { environment, interaction, c } = step
  const { directory } = environment
  const form = await c.req.parseBody()
  const field = (name: string) => String(form[name] ?? '').trim()
  const values = {
    email: field('email').toLowerCase(),
    givenName: field('given_name'),
    familyName: field('family_name'),
    organizationName: field('organization_name'),
  }
  const refusal = (error: string) => c.body(signUpPage(interaction, values, error), 400, pageHeaders('form'))

  if (!/^[^@\s]+@[^@\s]+$/.test(values.email)) return refusal('Enter an e-mail address.')
  if (Object.values(values).includes('')) return refusal('Fill in every field.')
  if (directory.userByEmail(values.email) !== undefined) return refusal('This e-mail address has an account. Log in.')
  if (connectionOfDomain(domainOf(values.email), directory) !== undefined) {
    return c.redirect(`/login/${interaction.id}/sso?${new URLSearchParams({ email: values.email })}`, 303)
  }

  const { email, givenName, familyName } = values
  const user = directory.addUser({ email, givenName, familyName })
  const organization = directory.addOrganization({ name: values.organizationName })
  directory.found(user.id, organization.id)
  environment.webhooks.happened({ type: 'user.signup', userId: user.id, organizationId: organization.id })
  return admit(step, { userId: user.id, amr: [directory.connectionOf({})], organization, proof: 'now' })
}
