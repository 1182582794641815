'use client'

import { type ReactNode, useActionState, useEffect, useRef } from 'react'
import { changeRoles, remove, resendInvitation } from './actions'

interface MemberMenuProps {
  readonly userId: string
  readonly name: string
  /** What the person may change; what is left out has no form. */
  readonly roleFields?: ReactNode
  readonly mayResend: boolean
  readonly removeLabel?: string | undefined
}

/** Forms about one member. They work without scripts, too: the action is the address of its form. */
export function MemberMenu({ userId, name, roleFields, mayResend, removeLabel }: MemberMenuProps) {
  const [rolesRefused, saveRoles, isSaving] = useActionState(changeRoles, undefined)
  const [resendRefused, sendAgain, isSending] = useActionState(resendInvitation, undefined)
  const [removeRefused, removeMember, isRemoving] = useActionState(remove, undefined)
  const refusal = rolesRefused ?? resendRefused ?? removeRefused
  const isPending = isSaving || isSending || isRemoving
  const menu = useRef<HTMLDetailsElement>(null)
  const wasPending = useRef(false)

  // It closes once something has worked.
  useEffect(() => {
    if (menu.current && wasPending.current && !isPending) menu.current.open = refusal !== undefined
    wasPending.current = isPending
  }, [isPending, refusal])

  const user = <input type="hidden" name="user_id" value={userId} />
  return (
    // Nothing is pressed twice: it rests while something is on its way.
    <details ref={menu} open={refusal !== undefined} inert={isPending}>
      <summary aria-label={`Change ${name}`}>Change</summary>
      <div className="actions">
        {roleFields && (
          <form action={saveRoles}>
            {user}
            {roleFields}
            <button type="submit">Save roles</button>
          </form>
        )}
        {mayResend && (
          <form action={sendAgain}>
            {user}
            <button type="submit">Send again</button>
          </form>
        )}
        {removeLabel && (
          <form action={removeMember}>
            {user}
            <button type="submit" className="remove">
              {removeLabel}
            </button>
          </form>
        )}
      </div>
      {refusal && (
        <p className="message" role="status">
          {refusal}
        </p>
      )}
    </details>
  )
}
