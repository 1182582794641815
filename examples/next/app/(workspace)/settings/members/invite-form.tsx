'use client'

import { type ReactNode, useActionState } from 'react'
import { invite } from './actions'

/** A form with a sentence for what went wrong, with and without scripts. */
export function InviteForm({ children }: { children: ReactNode }) {
  const [refusal, action, isPending] = useActionState(invite, undefined)
  return (
    <form className="card inline" action={action}>
      {children}
      <button type="submit" className="primary" disabled={isPending}>
        Send invitation
      </button>
      {refusal && (
        <p className="message" role="status">
          {refusal}
        </p>
      )}
    </form>
  )
}
