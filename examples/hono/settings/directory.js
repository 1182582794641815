import { directoryPage } from '../views/settings/directory.js'
import { workspaceOf } from '../workspaces.js'

/** The directories at Scalekit, and the app's own table of the people in them. */
export const directory = (auth) => async (c) => {
  const session = c.var.auth
  const { people, comparison } = workspaceOf(session)
  const directories = await auth.directory.list(session.organizationId)
  return c.html(directoryPage({ session, directories, people: [...people.values()], comparison }))
}

/** For events that were missed. An app would do this every night as well. */
export const compare = (auth) => async (c) => {
  workspaceOf(c.var.auth).comparison = await auth.directory.reconcile(c.var.auth.organizationId)
  return c.redirect('/settings/directory', 303)
}
