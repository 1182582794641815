import { describe, expect, it } from 'vitest'
import { applySettings, defaultSettings, type SettingsPatch } from '../settings.js'
import { EngineStore } from './store.js'

function storeWith(patch: SettingsPatch = {}): EngineStore {
  return new EngineStore(() => applySettings(defaultSettings, patch))
}

describe('EngineStore', () => {
  const key = 'RefreshToken:a'

  it('lets one of several refreshes through that all looked in time', () => {
    const store = storeWith()
    store.put(key, { grantId: 'g' })
    expect([store.find(key), store.find(key)]).toEqual([{ grantId: 'g' }, { grantId: 'g' }])
    expect([store.consume(key), store.consume(key)]).toEqual([true, false])
  })

  it('lets all of them through within the grace', () => {
    const store = storeWith({ refreshGrace: 30 })
    store.put(key, { grantId: 'g' })
    expect([store.consume(key), store.consume(key)]).toEqual([true, true])
    expect(store.find(key)).toEqual({ grantId: 'g' })
  })

  it.each([
    ['hides a used refresh token', {}, undefined],
    [
      'shows it as used where the family is to be revoked',
      { revokeFamilyOnReuse: true },
      { consumed: expect.any(Number) },
    ],
  ])('%s', (_label, patch, expected) => {
    const store = storeWith(patch)
    store.put(key, {})
    store.consume(key)
    expect(store.find(key)).toEqual(expected)
  })

  it('shows a used code as used', () => {
    const store = storeWith({ refreshGrace: 30 })
    store.put('AuthorizationCode:c', {})
    store.consume('AuthorizationCode:c')
    expect(store.find('AuthorizationCode:c')).toEqual({ consumed: expect.any(Number) })
    expect([store.consume('AuthorizationCode:c'), store.consume('AuthorizationCode:d')]).toEqual([false, false])
  })

  it('forgets everything of a grant, and nothing else', () => {
    const store = storeWith()
    store.put('Grant:g', {})
    store.put('RefreshToken:a', { grantId: 'g' })
    store.put('RefreshToken:b', { grantId: 'h' })
    store.revokeGrant('g')
    expect(['Grant:g', 'RefreshToken:a', 'RefreshToken:b'].map((name) => store.find(name))).toEqual([
      undefined,
      undefined,
      { grantId: 'h' },
    ])
  })
})
