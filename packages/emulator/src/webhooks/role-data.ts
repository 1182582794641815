import { idOfName } from '../ids.js'
import type { DirectoryChange } from '../state/directory.js'
import type { Permission, Role } from '../state/roles.js'
import type { Happening } from './webhooks.js'

type Json = Readonly<Record<string, unknown>>

const viewer: Role = {
  id: idOfName('role', 'viewer'),
  name: 'viewer',
  displayName: 'Viewer',
  description: 'Viewer',
  permissions: [],
}

/** `data` of `role.*`. */
export function roleJson({ id, name, displayName, description, extends: base = '' }: Role = viewer): Json {
  return { id, name, display_name: displayName, description, extends: base }
}

/** `data` of `permission.*`. */
export function permissionJson({ id, name, description }: Permission): Json {
  return { id, name, description }
}

/** What a change of the directory says to the webhooks. */
export function happeningOf(change: DirectoryChange): Happening {
  if ('role' in change) return { type: change.type, data: roleJson(change.role) }
  if ('permission' in change) return { type: change.type, data: permissionJson(change.permission) }
  return change
}
