import { type DirectoryOptions, directory } from '../../directory.js'
import { type Bench, organizations, startBench } from '../../test/bench.js'
import { Table } from './table.js'

/** A person by a SCIM `userName`, below the domain that Acme owns. */
export const scimUser = (name: string, more: object = {}) => ({
  userName: `${name}@example.com`,
  emails: [{ value: `${name}@example.com`, primary: true }],
  name: { givenName: name, familyName: 'First' },
  active: true,
  ...more,
})

type Plugins = readonly [ReturnType<typeof directory>]

export interface DirectoryBench extends Bench<Plugins> {
  readonly table: Table
  /** A directory provider's SCIM request to Acme's directory. */
  readonly scim: (method: string, path: string, body?: object) => Promise<{ readonly id: string }>
  readonly patch: (path: string, ...Operations: readonly object[]) => Promise<{ readonly id: string }>
  readonly directoryId: string
  /** Waits until no webhook is under way. */
  readonly settled: () => Promise<void>
}

export async function startDirectoryBench(options: Partial<DirectoryOptions> = {}): Promise<DirectoryBench> {
  const table = new Table()
  const bench = await startBench([directory({ users: table.options, ...options })])
  const { control } = bench.emulator
  // Attempts after 0, 0.05, 0.3 … seconds.
  await control.settings({ webhookRetryScale: 0.01 })
  const { id, endpoint, secret } = await control.directories.add({ organizationId: organizations.acme })
  await control.webhooks.settled()
  const scim: DirectoryBench['scim'] = async (method, path, body) => {
    const response = await fetch(endpoint + path, {
      method,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  return {
    ...bench,
    table,
    directoryId: id,
    scim,
    patch: (path, ...Operations) =>
      scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }),
    settled: async () => void (await control.webhooks.settled()),
  }
}
