import { auth } from '@/lib/auth'

export const GET = auth.route({}, (_request, { session }) => {
  const { user, organizationId, roles, permissions } = session
  return Response.json({ user, organizationId, roles, permissions })
})
