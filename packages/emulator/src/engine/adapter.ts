import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider'
import type { Environment } from '../environment.js'

/**
 * Stands between the engine and its store.
 *
 * Its own `Session` is forgotten at once: the emulator's {@link Session} is the only one, or two lifetimes and two
 * logouts would have to be kept in step. Clients come from the directory, so that a change holds at once.
 */
export function engineAdapter(environment: Environment): (model: string) => Adapter {
  const store = environment.engineStore
  return (model) => ({
    async upsert(id, payload) {
      if (model !== 'Session') store.put(`${model}:${id}`, payload)
    },
    async find(id) {
      if (model === 'Client') return clientMetadata(environment, id)
      return store.find(`${model}:${id}`) as AdapterPayload | undefined
    },
    async findByUid() {
      return undefined
    },
    async findByUserCode() {
      return undefined
    },
    async consume(id) {
      if (!store.consume(`${model}:${id}`)) throw new errors.InvalidGrant('already used')
    },
    async destroy(id) {
      store.destroy(`${model}:${id}`)
    },
    async revokeByGrantId(grantId) {
      store.revokeGrant(grantId)
    },
  })
}

function clientMetadata(environment: Environment, id: string): AdapterPayload | undefined {
  const client = environment.directory.client(id)
  if (client === undefined) return undefined
  // Scalekit's SDKs send the secret in the body; whether Basic works there is not documented, so both do here.
  const basic = /^basic /i.test(Provider.ctx?.get('authorization') ?? '')
  const unusable = `${environment.url}/_emulator/no-redirect-uri`
  return {
    client_id: client.id,
    client_secret: client.secret,
    client_name: client.name,
    redirect_uris: client.redirectUris.length === 0 ? [unusable] : [...client.redirectUris],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: basic ? 'client_secret_basic' : 'client_secret_post',
  }
}
