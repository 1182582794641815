import { auth } from '@/lib/auth'
import { problem } from '@/lib/problem'
import { createProject } from '@/lib/workspaces'

export const POST = auth.route({ permission: 'projects:create' }, async (request, { session }) => {
  const body: { name?: unknown } | null = await request.json().catch(() => null)
  const project = createProject(session, body?.name)
  if (project === undefined) return problem(400, 'A project needs a name of 1 to 80 characters.')
  return Response.json(project, { status: 201 })
})
