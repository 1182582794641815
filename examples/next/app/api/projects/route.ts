import { audience, auth } from '@/lib/auth'
import { problem } from '@/lib/problem'
import { createProject, workspaceOf } from '@/lib/workspaces'

/** For people, by their session or by an access token of theirs. */
export const GET = auth.bearerRoute(
  { audience, permissions: ['projects:read'], orSession: true },
  (_request, { caller }) => Response.json(workspaceOf(caller).projects),
)

export const POST = auth.route({ permission: 'projects:create' }, async (request, { session }) => {
  const body: { name?: unknown } | null = await request.json().catch(() => null)
  const project = createProject(session, body?.name)
  if (project === undefined) return problem(400, 'A project needs a name of 1 to 80 characters.')
  return Response.json(project, { status: 201 })
})
