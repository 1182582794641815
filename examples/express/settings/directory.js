import { directoryPage } from '../views/settings/directory.js'
import { workspaceOf } from '../workspaces.js'

/** The directories at Scalekit, and the app's own table of the people in them. */
export const directory = (auth) => async (req, res) => {
  const session = req.auth
  const { people, comparison } = workspaceOf(session)
  const directories = await auth.directory.list(session.organizationId)
  res.send(directoryPage({ session, directories, people: [...people.values()], comparison }))
}

/** For events that were missed. An app would do this every night as well. */
export const compare = (auth) => async (req, res) => {
  workspaceOf(req.auth).comparison = await auth.directory.reconcile(req.auth.organizationId)
  res.redirect(303, '/settings/directory')
}
