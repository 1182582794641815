import { createManagementClient, type Listing, type ManagementClient } from '@scalegate/core/management'
import { type Emulator, startEmulator } from '@scalegate/emulator'
import { Browser } from '@scalegate/testing/audits'
import { ScalekitClient } from '@scalekit-sdk/node'

/** Ids of the emulator's own seed. */
export const seeded = {
  acme: 'org_102000000000000001',
  globex: 'org_102000000000000002',
  ada: 'usr_104000000000000001',
  max: 'usr_104000000000000002',
  connection: 'conn_103000000000000001',
} as const

/** A session policy that an organization may set for itself. */
export const custom = {
  policySource: 'CUSTOM',
  absoluteSessionTimeout: 2,
  absoluteSessionTimeoutUnit: 'HOURS',
  idleSessionTimeoutEnabled: true,
  idleSessionTimeout: 30,
  idleSessionTimeoutUnit: 'MINUTES',
} as const

/** One emulator with both clients of it: Scalekit's own, by gRPC, and ours, by REST. */
export interface Clients {
  readonly emulator: Emulator
  readonly sdk: ScalekitClient
  readonly ours: ManagementClient
}

/** The same call of either client. */
export type Pair = readonly [title: string, sdk: () => Promise<unknown>, ours: () => Promise<unknown>]

export async function startClients(): Promise<Clients> {
  const emulator = await startEmulator({ port: 0 })
  const { environmentUrl, clientId, clientSecret } = emulator
  const sdk = new ScalekitClient(environmentUrl, clientId, clientSecret)
  return { emulator, sdk, ours: createManagementClient({ environmentUrl, clientId, clientSecret }) }
}

/** Back to the seed, and a directory with somebody in it; gives its id. */
export async function withDirectory({ control }: Emulator): Promise<string> {
  await control.reset()
  const { id } = await control.directories.add({ organizationId: seeded.acme })
  const user = await control.directories.addUser(id, { email: 'dot@example.com', givenName: 'Dot' })
  await control.directories.addGroup(id, { displayName: 'Staff', members: [user] })
  return id
}

/** The first page. */
export async function items<T>(listing: Listing<T>): Promise<readonly T[]> {
  return (await listing.page({ pageSize: 10 })).items
}

/** Somebody logs in, as a browser does; gives the id of the session. */
export async function withSession({ environmentUrl, clientId, control }: Emulator, userId: string): Promise<string> {
  await control.reset()
  const [client] = (await control.state()).clients
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: client?.redirectUris[0] ?? '',
    scope: 'openid',
    state: 'a-state',
  })
  const browser = new Browser()
  const login = (await browser.follow(`${environmentUrl}/oauth/authorize?${query}`)).at(-1)
  await browser.follow(login?.url ?? '', { form: { user: userId }, from: login?.url ?? '' }).catch(onlyTheApp)
  const [session] = (await control.state()).sessions
  if (session === undefined) throw new Error('Nobody has logged in.')
  return session.id
}

/** The app of the redirect URI does not run, and is not needed: the session is there. */
function onlyTheApp(error: unknown): void {
  if ((error as { code?: string }).code !== 'ECONNREFUSED') throw error
}
