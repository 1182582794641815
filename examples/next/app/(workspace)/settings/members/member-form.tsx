'use client'

import { type ReactNode, useActionState, useEffect, useRef } from 'react'

type Action = (before: string | undefined, form: FormData) => Promise<string | undefined>

/** A form with a sentence for what went wrong. It works without scripts, too: the action is its address. */
export function MemberForm(props: { action: Action; className?: string; children: ReactNode }) {
  const [message, action, isPending] = useActionState(props.action, undefined)
  const form = useRef<HTMLFormElement>(null)
  const wasPending = useRef(false)

  // The menu it is in rests while it is on its way, and closes once it has worked.
  useEffect(() => {
    const menu = form.current?.closest('details')
    if (menu) {
      menu.inert = isPending
      if (wasPending.current && !isPending && message === undefined) menu.open = false
    }
    wasPending.current = isPending
  }, [isPending, message])

  return (
    <form ref={form} className={props.className} action={action}>
      {props.children}
      {message && (
        <p className="message" role="status">
          {message}
        </p>
      )}
    </form>
  )
}
