import type { PluginKit } from '../options/plugin.js'
import { type ManagementClient, managementResources } from './client.js'
import { createExchange } from './exchange.js'
import { createTransport } from './transport.js'

/**
 * The management client of a plugin, with the environment, `fetch` and access token of its kit. Ask for it in handlers and
 * helpers: the environment is read at the first time.
 *
 * Rejects as every client does, with ManagementError; its calls take 15 seconds at the most, retries included.
 */
export function managementClient(kit: PluginKit): () => ManagementClient {
  let client: ManagementClient | undefined
  return () => {
    client ??= makeClient(kit)
    return client
  }
}

function makeClient(kit: PluginKit): ManagementClient {
  const { issuer, fetch } = kit.settings()
  const exchange = createExchange({ environmentUrl: issuer, fetch, token: kit.managementToken })
  return managementResources(createTransport({ exchange, deadline: 15, attempt: 8, retries: 2 }), issuer)
}
