'use client'

import { useActionState } from 'react'
import { type CustomerForm, plans } from '@/lib/customers'
import { setUp } from './actions'
import { CustomerFields } from './customer-fields'
import { OutcomeOf } from './outcome'

const empty: CustomerForm = { name: '', externalId: '', plan: plans[0] ?? '', features: ['sso'] }

/** The form works without scripts, too: the action is its address. What could not be done stands in it as it was typed. */
export function SetUpForm() {
  const [outcome, action, isPending] = useActionState(setUp, undefined)
  return (
    <form className="card fields" action={action}>
      <h2>New customer</h2>
      <CustomerFields of={outcome && 'typed' in outcome ? outcome.typed : empty} withId />
      <OutcomeOf outcome={outcome} />
      <p>
        <button type="submit" className="primary" disabled={isPending}>
          Set up
        </button>
      </p>
    </form>
  )
}
