/**
 * The app's own data, in memory. What counts is the key: always the organization of the session, of the token or of the
 * signed event, never an id that came with the request.
 */
const workspaces = new Map()

/** The workspace of a session's or a caller's organization; a person outside of any organization has one alone. */
export function workspaceOf({ organizationId, user, id = user?.id }) {
  return workspaceAt(organizationId ?? id)
}

function workspaceAt(key) {
  if (!workspaces.has(key))
    workspaces.set(key, { projects: samples(), members: new Map(), events: [], people: new Map() })
  return workspaces.get(key)
}

/**
 * Just-in-time provisioning: creates or updates the person at each login. Whom the directory has closed does not come in,
 * or a login would undo what it did.
 */
export function rememberMember(session) {
  const { id, name, email } = session.user
  const { members, people } = workspaceOf(session)
  const known = [...people.values()].filter((person) => email && person.email?.toLowerCase() === email.toLowerCase())
  if (known.length > 0 && known.every(({ active }) => !active)) return { deny: true }
  members.set(id, { id, name: name ?? id, email })
}

/** Undefined in another organization than the project's. */
export function findProject(session, id) {
  return workspaceOf(session).projects.find((project) => project.id === id)
}

export function deleteProject(session, id) {
  const workspace = workspaceOf(session)
  workspace.projects = workspace.projects.filter((project) => project.id !== id)
}

/** Keeps what Scalekit told the app by a webhook, newest first. The kit calls it once for each `webhook-id`. */
export function rememberEvent(event) {
  const { organizationId, deliveryId, type, displayName, occurredAt } = event
  // Roles and permissions belong to no organization.
  if (organizationId === undefined) return
  const { events } = workspaceAt(organizationId)
  events.unshift({ id: deliveryId, type, text: displayName ?? type, occurredAt })
  events.splice(20)
}

/** The kit has ended the person's sessions in the organization; the rest is the app's. */
export function forgetMember(event) {
  const { organization, user } = event.data
  workspaceAt(organization.id).members.delete(user.id)
  rememberEvent(event)
}

/** The table that directory sync keeps: whom the organization's directory knows. Nobody is deleted, they are not active. */
export const people = {
  upsert: (person) => workspaceAt(person.organizationId).people.set(person.id, person),
  deactivate({ id, organizationId }) {
    const { people } = workspaceAt(organizationId)
    if (people.has(id)) people.set(id, { ...people.get(id), active: false })
  },
  list: (organizationId) => workspaceAt(organizationId).people.values(),
}

function samples() {
  return [
    { id: crypto.randomUUID(), name: 'Website relaunch', createdBy: 'sample' },
    { id: crypto.randomUUID(), name: 'Price list 2027', createdBy: 'sample' },
  ]
}
