import { defaultSeed, type Emulator } from '@scalegate/emulator'
import type { BearerRequirement } from '@scalegate/hono'
import type { Route } from './app-routes.js'

const [client] = defaultSeed.clients
const [machine] = defaultSeed.machines ?? []
if (client === undefined || machine?.audience === undefined) throw new Error('The seed has a client and a machine.')

/** Whom the API accepts tokens for: the app itself, and the audience that machines ask for. */
const audience = [client.id, ...[machine.audience].flat()]

function api(path: string, asked: Omit<BearerRequirement, 'audience'>, method: 'get' | 'post' = 'get'): Route {
  return {
    method,
    path,
    guard: (auth) => auth.requireBearer({ audience, ...asked }),
    answer: ({ caller }) => ({ body: caller() }),
  }
}

/** An API for programs beside the pages of the app; each route says who called. */
export const apiRoutes: readonly Route[] = [
  api('/api/user', {}),
  api('/api/user', {}, 'post'),
  api('/api/machine', { callers: 'machine' }),
  api('/api/anybody', { callers: 'any' }),
  api('/api/projects', { callers: 'any', scopes: ['projects:read'] }),
  api('/api/members', { permissions: ['sk_org_users_read'] }),
  api('/api/acme', { callers: 'any', organizationId: 'org_102000000000000001' }),
  api('/api/or-session', { orSession: true }),
  { path: '/api/unguarded', answer: ({ caller }) => ({ body: caller() }) },
]

/** An access token of the seed's machine client, which is a program of Acme. */
export async function machineToken(emulator: Emulator): Promise<string> {
  const answer = await fetch(`${emulator.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: machine!.id,
      client_secret: machine!.secret,
    }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}
