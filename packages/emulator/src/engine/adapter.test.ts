import { beforeAll, describe, expect, it } from 'vitest'
import { defaultSeed } from '../seed/default.js'
import { defaultSettings } from '../settings.js'
import { Directory } from '../state/directory.js'
import { EngineStore } from './store.js'

let engineAdapter: typeof import('./adapter.js').engineAdapter

beforeAll(async () => {
  // The engine greets with a warning about Node's version when it is loaded; it is none of this test.
  const { warn } = console
  console.warn = () => undefined
  engineAdapter = (await import('./adapter.js')).engineAdapter
  console.warn = warn
})

describe('engineAdapter', () => {
  const url = 'http://localhost:1'
  const engineStore = new EngineStore(() => defaultSettings)
  const environment = { url, engineStore, directory: new Directory(defaultSeed) }
  const adapterFor = (model: string) => engineAdapter(environment as never)(model)

  it('refuses the second of two parallel uses, which both looked in time', async () => {
    const adapter = adapterFor('RefreshToken')
    await adapter.upsert('a', { grantId: 'g' }, 60)
    expect(await Promise.all([adapter.find('a'), adapter.find('a')])).toEqual([{ grantId: 'g' }, { grantId: 'g' }])
    await adapter.consume('a')
    await expect(adapter.consume('a')).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })

  it("forgets the engine's own sessions", async () => {
    await adapterFor('Session').upsert('s', {}, 60)
    expect(await adapterFor('Session').find('s')).toBeUndefined()
  })

  it('reads clients from the directory as they are now', async () => {
    const { id } = defaultSeed.clients[0]!
    environment.directory.updateClient(id, { redirectUris: ['https://app.example/cb'] })
    expect(await adapterFor('Client').find(id)).toMatchObject({ redirect_uris: ['https://app.example/cb'] })
    expect(await adapterFor('Client').find('skc_1')).toBeUndefined()
  })
})
