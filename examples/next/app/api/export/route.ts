import { audience, auth } from '@/lib/auth'
import { workspaceOf } from '@/lib/workspaces'

/** For programs of an organization, by access tokens of their own; no session is looked at. */
export const GET = auth.bearerRoute(
  { audience, scopes: ['projects:read'], callers: 'machine' },
  (_request, { caller }) => Response.json({ projects: workspaceOf(caller).projects }),
)
