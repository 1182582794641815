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

/** Stands between the app and the management API, for answers that the emulator does not give. */
export type Between = (url: URL, go: () => Promise<Response>) => Promise<Response>

type Plugins = readonly [ReturnType<typeof directory>]

export interface DirectoryBench extends Bench<Plugins> {
  readonly table: Table
  /** A directory provider's SCIM request to Acme's directory. */
  readonly scim: (method: string, path: string, body?: object) => Promise<{ readonly id: string }>
  readonly patch: (path: string, ...Operations: readonly object[]) => Promise<{ readonly id: string }>
  readonly directoryId: string
  between: Between | undefined
  /** Runs something whose events nobody hears. */
  readonly withoutWebhooks: <Result>(task: () => Promise<Result>) => Promise<Result>
  /** Forgets the people of directory and table. */
  readonly emptied: () => Promise<void>
  /** Waits until no webhook is under way. */
  readonly settled: () => Promise<void>
}

export async function startDirectoryBench(options: Partial<DirectoryOptions> = {}): Promise<DirectoryBench> {
  const table = new Table()
  const stand: { between: Between | undefined } = { between: undefined }
  const bench = await startBench([directory({ users: table.options, ...options })], {
    options: {
      fetch: (address, init) => {
        const url = new URL(address)
        const go = () => fetch(url, init)
        return stand.between === undefined || !url.pathname.startsWith('/api/') ? go() : stand.between(url, go)
      },
    },
  })
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
  const withoutWebhooks: DirectoryBench['withoutWebhooks'] = async (task) => {
    const [endpoint] = await control.webhooks.endpoints()
    const { url, secrets: secret } = endpoint as NonNullable<typeof endpoint>
    await control.webhooks.register({ url, secret, events: [] })
    try {
      return await task()
    } finally {
      await control.webhooks.register({ url, secret })
    }
  }
  return Object.assign(stand, {
    ...bench,
    table,
    directoryId: id,
    scim,
    patch: (path: string, ...Operations: readonly object[]) =>
      scim('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }),
    withoutWebhooks,
    emptied: () =>
      withoutWebhooks(async () => {
        await control.directories.setEnabled(id, true)
        const { Resources } = (await scim('GET', '/Users?count=1000')) as unknown as { Resources: { id: string }[] }
        for (const user of Resources) await scim('DELETE', `/Users/${user.id}`)
        table.rows.clear()
        table.calls.length = 0
      }),
    settled: async () => void (await control.webhooks.settled()),
  })
}
