'use server'

import { isPluginError } from '@scalegate/core/plugin'
import { revalidatePath } from 'next/cache'
import { auth } from '@/lib/auth'

/** What went wrong, for the form; nothing where it worked. */
type Outcome = Promise<string | undefined>

/** Each asks Scalekit first whether the caller still may, and then the plugin, which has the rules. */
export const invite = auth.action(
  { permission: 'sk_org_users_invite', fresh: true },
  (session, _before: string | undefined, form: FormData): Outcome =>
    outcomeOf(
      auth.members.invite(session, {
        email: String(form.get('email') ?? ''),
        roles: form.getAll('roles').map(String),
        idempotencyKey: String(form.get('idempotency_key') ?? ''),
      }),
    ),
)

export const changeRoles = auth.action(
  { permission: 'sk_org_users_role_change', fresh: true },
  (session, _before: string | undefined, form: FormData): Outcome =>
    outcomeOf(auth.members.changeRoles(session, String(form.get('user_id') ?? ''), form.getAll('roles').map(String))),
)

export const resendInvitation = auth.action(
  { permission: 'sk_org_users_invite', fresh: true },
  (session, _before: string | undefined, form: FormData): Outcome =>
    outcomeOf(auth.members.resendInvitation(session, String(form.get('user_id') ?? ''))),
)

export const remove = auth.action(
  { permission: 'sk_org_users_delete', fresh: true },
  (session, _before: string | undefined, form: FormData): Outcome =>
    outcomeOf(auth.members.remove(session, String(form.get('user_id') ?? ''))),
)

/** The title of a refusal is written for people. Everything else is for the error page. */
async function outcomeOf(work: Promise<unknown>): Outcome {
  try {
    await work
  } catch (error) {
    if (isPluginError(error)) return error.title
    throw error
  }
  revalidatePath('/settings/members')
  return undefined
}
