'use client'

import { useActionState } from 'react'
import { newProject } from './actions'

/** The form works without scripts, too: the action is its address. */
export function NewProject() {
  const [message, action, isPending] = useActionState(newProject, undefined)
  return (
    <form className="card inline" id="new-project" action={action}>
      <label htmlFor="name">New project</label>
      <input id="name" name="name" required maxLength={80} autoComplete="off" />
      <button type="submit" className="primary" disabled={isPending}>
        Create
      </button>
      <p className="message" role="status">
        {message}
      </p>
    </form>
  )
}
