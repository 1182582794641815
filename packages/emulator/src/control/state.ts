import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { given } from '../rest/json.js'
import { nameOf, statusOf } from '../state/people.js'
import { selfServeStateOf } from './self-serve-state.js'
import type { EmulatorState, SessionState } from './wire.js'

/** Everything that the emulator knows, except secrets of browsers and of keys. */
export function stateOf(environment: Environment): EmulatorState {
  const { directory, sessions, keys } = environment
  return {
    environmentUrl: environment.url,
    environmentId: environment.environmentId,
    clock: { now: now(), offset: environment.clock.offset },
    settings: environment.settings,
    clients: directory.clients,
    organizations: directory.organizations.map(({ id, name, externalId, features, ssoRequired = false }) => ({
      id,
      name,
      domains: directory.domains.ownedBy(id),
      features,
      ssoRequired,
      ...(externalId === undefined ? {} : { externalId }),
      ...given('connectionId', directory.connections.activeOf(id)?.id),
    })),
    users: directory.users.map((user) => ({
      id: user.id,
      email: user.email,
      name: nameOf(user),
      memberships: user.memberships.map((membership) => ({
        organizationId: membership.organization,
        roles: membership.roles,
        permissions: directory.permissionsOf(user.id, membership.organization),
        status: statusOf(membership),
      })),
    })),
    sessions: sessions.all.map(({ cookie: _secret, ...session }): SessionState => {
      return { ...session, expiresAt: sessions.expiresAt({ ...session, cookie: '' }) }
    }),
    invitations: environment.invitations.all,
    machines: directory.machines,
    keys: keys.published.map(({ kid }, index) => ({ kid, current: index === 0 })),
    faults: environment.faults.all,
    ...selfServeStateOf(environment),
  }
}
