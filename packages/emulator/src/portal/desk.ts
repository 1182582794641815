import type { Environment } from '../environment.js'
import type { PortalEvent } from '../state/portal-links-events.js'

/** A form as it came. */
export type Form = Readonly<Record<string, unknown>>

/** An admin at work on the settings of one organization. */
export interface Desk {
  readonly environment: Environment
  readonly organizationId: string
  /** Tells the page that frames the portal. */
  readonly tell: (event: PortalEvent) => void
}

/** What became of a form: nothing to say, something wrong, or a secret to show this once. */
export interface Outcome {
  readonly error?: string
  readonly notice?: string
  readonly secret?: { readonly directoryId: string; readonly value: string }
}

/** One form of a section: what it is about, and what it says. */
export interface Submission {
  /** The connection, domain or directory; undefined where something is added. */
  readonly id: string | undefined
  readonly action: string
  readonly form: Form
}

/** A field of a form, without blanks around it. */
export function fieldOf(form: Form, name: string): string {
  const value = form[name]
  return typeof value === 'string' ? value.trim() : ''
}

export const unknownForm: Outcome = { error: 'This form belongs to nothing that is there.' }
