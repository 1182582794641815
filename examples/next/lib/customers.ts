/** What can be bought, and what can be switched on for a customer. */
export const plans: readonly string[] = ['free', 'team', 'enterprise']
export const features = {
  sso: 'Single sign-on',
  dir_sync: 'Directory sync',
  domain_verification: 'Domain verification',
  session_policy: 'Session policy',
} as const

export type Feature = keyof typeof features
export const featureNames = Object.keys(features) as readonly Feature[]

/** A customer as it stands on a form. */
export interface CustomerForm {
  readonly name: string
  /** Empty for a customer of whom none is known. */
  readonly plan: string
  readonly features: readonly Feature[]
  readonly externalId?: string
}

/** What became of a form: nothing to say, a link to hand over, or what was typed and the problem with it. */
export type Outcome =
  | { readonly portalLink: string; readonly to: string | undefined }
  | { readonly typed: CustomerForm; readonly problem: string }
  | undefined

export function customerIn(form: FormData): CustomerForm {
  const chosen = form.getAll('features')
  return {
    name: textIn(form, 'name'),
    plan: textIn(form, 'plan'),
    features: featureNames.filter((feature) => chosen.includes(feature)),
    externalId: textIn(form, 'external_id'),
  }
}

export function problemWith({ name, plan }: CustomerForm, possiblePlans = plans): string | undefined {
  if (name === '' || name.length > 200) return 'A customer needs a name of 1 to 200 characters.'
  return possiblePlans.includes(plan) ? undefined : 'There is no such plan.'
}

export function textIn(form: FormData, field: string): string {
  const value = form.get(field)
  return typeof value === 'string' ? value.trim() : ''
}
