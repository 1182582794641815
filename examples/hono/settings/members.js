import { membersPage } from '../views/settings/members.js'

export const members = (auth) => async (c) => {
  const session = c.var.auth
  const may = (permission) => session.permissions.includes(`sk_org_users_${permission}`)
  const [page, roles] = await Promise.all([
    auth.members.list(session, { pageSize: 30, pageToken: c.req.query('page_token') || undefined }),
    may('invite') || may('role_change') ? auth.members.assignableRoles(session) : [],
  ])
  return c.html(membersPage({ session, may, roles, ...page }))
}
