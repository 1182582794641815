import { reassigning } from '../scim/roles.js'
import { directoryProviders, type ScimDirectory } from '../state/directories.js'
import { type Desk, type Form, fieldOf, type Outcome, type Submission, unknownForm } from './desk.js'
import { directoryEvent } from './events.js'

/** The forms about directory sync. */
export function submitScim(desk: Desk, { id, action, form }: Submission): Outcome {
  const { directories } = desk.environment
  if (id === undefined) return action === 'add' ? add(desk, form) : unknownForm
  const directory = directories.of(desk.organizationId).find((one) => one.id === id)
  if (directory === undefined) return unknownForm
  if (action === 'enable' || action === 'disable') return toggle(desk, directory, action === 'enable')
  if (action === 'secret') return { secret: { directoryId: id, value: directories.addSecret(id) } }
  if (action === 'roles') return assign(desk, directory, form)
  if (action !== 'delete') return unknownForm
  directories.remove(id)
  return {}
}

function add({ environment, organizationId }: Desk, form: Form): Outcome {
  const provider = directoryProviders.find((one) => one === fieldOf(form, 'provider'))
  if (provider === undefined) return { error: 'Choose a directory provider.' }
  // The answer to this form shows the secret, so that it is no redirect: sending it again must not make a second one.
  if (environment.directories.of(organizationId).length > 0) return { error: 'There is a directory already.' }
  const { id, secret } = environment.directories.add(organizationId, provider)
  return { secret: { directoryId: id, value: secret } }
}

function toggle({ environment, tell }: Desk, { id }: ScimDirectory, enabled: boolean): Outcome {
  const problem = environment.directories.setEnabled(id, enabled)
  const directory = environment.directories.find(id)
  if (problem !== undefined || directory === undefined) return { error: `${problem ?? 'There is no such directory'}.` }
  tell(directoryEvent(directory))
  return {}
}

/** One field for each group, named by its id; an empty one maps it to no role. */
function assign({ environment }: Desk, directory: ScimDirectory, form: Form): Outcome {
  const known = environment.directory.roleNames(directory.organizationId)
  const assignments = environment.directories.records.groups(directory.id).flatMap(({ id }) => {
    const roleName = known.find((name) => name === fieldOf(form, id))
    return roleName === undefined ? [] : [{ groupId: id, roleName }]
  })
  reassigning(environment, directory, () => environment.directories.setRoleAssignments(directory.id, assignments))
  return { notice: 'The roles of the groups are saved.' }
}
