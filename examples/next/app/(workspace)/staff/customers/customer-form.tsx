'use client'

import { useActionState } from 'react'
import type { CustomerForm as Customer } from '@/lib/customers'
import { change } from './actions'
import { CustomerFields } from './customer-fields'
import { OutcomeOf } from './outcome'

/** A form about one customer, with two buttons. */
export function CustomerForm({ id, customer }: { id: string; customer: Customer }) {
  const [outcome, action, isPending] = useActionState(change, undefined)
  return (
    // Nothing is pressed twice: it rests while something is on its way.
    <details open={outcome !== undefined} inert={isPending}>
      <summary aria-label={`Change ${customer.name}`}>Change</summary>
      <form className="fields" action={action}>
        <input type="hidden" name="id" value={id} />
        <CustomerFields of={outcome && 'typed' in outcome ? outcome.typed : customer} />
        <OutcomeOf outcome={outcome} />
        <div className="actions">
          <button type="submit">Save</button>
          <button type="submit" name="wanted" value="link" formNoValidate>
            New portal link
          </button>
        </div>
      </form>
    </details>
  )
}
