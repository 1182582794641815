import { type CustomerForm, featureNames, features, plans } from '@/lib/customers'

/** The fields of both forms. `withId` is for a customer who has no id of the app yet. */
export function CustomerFields({ of, withId = false }: { of: CustomerForm; withId?: boolean }) {
  // Also a plan that is not sold any more.
  const offered = plans.includes(of.plan) ? plans : [of.plan, ...plans]
  return (
    <>
      <div className="columns">
        <label>
          Name <input name="name" defaultValue={of.name} required maxLength={200} autoComplete="off" />
        </label>
        {withId && (
          <label>
            Id in this app{' '}
            <input name="external_id" defaultValue={of.externalId} required maxLength={64} autoComplete="off" />
          </label>
        )}
        <label>
          {/* Another key once it is another choice: React keeps what was chosen before. */}
          Plan{' '}
          <select key={of.plan} name="plan" defaultValue={of.plan}>
            {offered.map((plan) => (
              <option key={plan} value={plan}>
                {plan || 'none'}
              </option>
            ))}
          </select>
        </label>
      </div>
      <fieldset>
        <legend>Features</legend>
        {featureNames.map((feature) => (
          <label key={`${feature} ${of.features.includes(feature)}`}>
            <input type="checkbox" name="features" value={feature} defaultChecked={of.features.includes(feature)} />{' '}
            {features[feature]}
          </label>
        ))}
      </fieldset>
    </>
  )
}
