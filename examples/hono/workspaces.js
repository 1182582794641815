/**
 * The app's own data, in memory. What counts is the key: always the organization of the session, never an id that
 * came with the request.
 */
const workspaces = new Map()

/** The workspace of the session's organization; a person outside of any organization has one alone. */
export function workspaceOf({ organizationId, user }) {
  const key = organizationId ?? user.id
  if (!workspaces.has(key)) workspaces.set(key, { projects: samples(), members: new Map() })
  return workspaces.get(key)
}

/** Just-in-time provisioning: creates or updates the person at each login. */
export function rememberMember(session) {
  const { id, name, email } = session.user
  workspaceOf(session).members.set(id, { id, name: name ?? id, email })
}

function samples() {
  return [
    { id: crypto.randomUUID(), name: 'Website relaunch', createdBy: 'sample' },
    { id: crypto.randomUUID(), name: 'Price list 2027', createdBy: 'sample' },
  ]
}
