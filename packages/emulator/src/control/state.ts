import { now } from '../clock.js'
import type { Environment } from '../environment.js'
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
    organizations: directory.organizations.map(
      ({ id, name, domains, connectionId, features, ssoRequired = false }) => ({
        id,
        name,
        domains,
        features,
        ssoRequired,
        ...(connectionId === undefined ? {} : { connectionId }),
      }),
    ),
    users: directory.users.map((user) => ({
      id: user.id,
      email: user.email,
      name: `${user.givenName} ${user.familyName}`,
      memberships: user.memberships.map(({ organization, roles }) => ({
        organizationId: organization,
        roles,
        permissions: directory.permissionsOf(user.id, organization),
      })),
    })),
    sessions: sessions.all.map(({ cookie: _secret, ...session }): SessionState => {
      return { ...session, expiresAt: sessions.expiresAt({ ...session, cookie: '' }) }
    }),
    invitations: environment.invitations.all,
    machines: directory.machines,
    keys: keys.published.map(({ kid }, index) => ({ kid, current: index === 0 })),
    faults: environment.faults.all,
  }
}
