import { auth } from '@/lib/auth'
import { workspaceOf } from '@/lib/workspaces'

/** For events that were missed. An app would do this every night as well. */
export const POST = auth.route({ permission: 'sk_org_scim_manage' }, async (_request, { session }) => {
  const { organizationId = '' } = session
  workspaceOf(session).comparison = await auth.directory.reconcile(organizationId)
  return new Response(null, { status: 303, headers: { location: '/settings/directory' } })
})
