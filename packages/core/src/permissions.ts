/**
 * The permission table alone, for code that runs in a browser: no token, no cookie and no library comes with it.
 *
 * @packageDocumentation
 */
export { hasPermission } from './guards/permission.js'
export { type Requirement, requirement, unmet } from './guards/requirement.js'
export type { Permission, Register, Role } from './model/register.js'
export { type ScalekitPermission, scalekitPermissions } from './model/scalekit-permissions.js'
export type { Session, User } from './model/session.js'
