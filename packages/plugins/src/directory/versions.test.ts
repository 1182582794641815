import { describe, expect, it } from 'vitest'
import { instantAt, instantOf, secondsOf } from './instant.js'
import { note, standing, type VersionStore } from './versions.js'

const [early, late] = ['2026-01-01T00:00:00.000000001Z', '2026-01-01T00:00:00.000000002Z'] as const

describe('a version', () => {
  const knownAfter = async (...versions: readonly Parameters<typeof note>[2][]) => {
    const held = new Map<string, string>()
    const store: VersionStore = {
      latest: async (key) => held.get(key),
      put: async (key, value) => void held.set(key, value),
    }
    for (const version of versions) await note(store, 'key', version)
    return held.get('key')
  }

  it('is new, done or stale', async () => {
    const known = await knownAfter({ at: late, gone: false, by: 'evt_1' })
    expect(standing({ at: early, gone: true, by: 'evt_2' }, undefined)).toBe('new')
    expect(standing({ at: late, gone: false, by: 'evt_1' }, known)).toBe('done')
    expect(standing({ at: early, gone: true, by: 'evt_2' }, known)).toBe('stale')
    expect(standing({ at: late, gone: true, by: 'evt_2' }, known)).toBe('new')
  })

  it('that takes away counts more than another one of that instant', async () => {
    const known = await knownAfter({ at: late, gone: true, by: 'evt_1' })
    expect(standing({ at: late, gone: false, by: 'evt_2' }, known)).toBe('stale')
  })

  it('never replaces a later one, as that of a list may be', async () => {
    const later = { at: late, gone: false, by: 'evt_1' }
    expect(await knownAfter(later, { at: early, gone: false, by: 'reconcile' })).toBe(await knownAfter(later))
  })
})

describe('an instant', () => {
  it.each([
    ['2025-01-06 18:44:25.153954+00:00', '2025-01-06T18:44:25.153954000Z'],
    ['2026-01-15T10:30:00.123456789Z', '2026-01-15T10:30:00.123456789Z'],
    ['2026-01-15t12:30:00+02:00', '2026-01-15T10:30:00.000000000Z'],
    ['yesterday', undefined],
    ['2026-13-45T99:00:00Z', undefined],
    [undefined, undefined],
  ])('%s is %s', (sent, instant) => {
    expect(instantOf(sent)).toBe(instant)
  })

  it('is seconds, and back', () => {
    expect(secondsOf(instantAt(1_767_225_600.9))).toBe(1_767_225_600)
  })
})
