import { beforeEach, describe, expect, it } from 'vitest'
import type { ScalegateEvent } from '../model/events.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import type { SealContext } from '../seal/sealer.js'
import { memoryStore } from '../state/memory-store.js'
import { type FaultyStore, faultyStore } from '../test/faulty-store.js'
import { createSealedRecords, type RecordMemory } from './sealed-records.js'

const start = 1_800_000_000
const secret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
const parse = (data: unknown) => {
  const { name } = (data ?? {}) as { name?: unknown }
  return typeof name === 'string' ? { name } : undefined
}

let store: FaultyStore
let time: { now: number }
let events: ScalegateEvent[]
let unseals: number
let known: Map<string, { name: string }>

beforeEach(() => {
  time = { now: start }
  store = faultyStore(() => memoryStore({ clock: () => time.now }))
  events = []
  unseals = 0
  known = new Map()
})

const memory: RecordMemory<{ name: string }> = {
  get: (text) => known.get(text),
  set: (text, value) => void known.set(text, value),
}

function records(secrets = [secret], context: Partial<SealContext> = {}) {
  const clock = () => time.now
  const issuer = 'https://auth.example'
  const sealer = createIronSealer({
    secrets,
    context: { purpose: 'store', name: 'session', issuer, clientId: 'skc_1', ...context },
    clock,
  })
  const counting = {
    ...sealer,
    unseal(sealed: string) {
      unseals += 1
      return sealer.unseal(sealed)
    },
  }
  const emit = (type: string, details: object) => void events.push({ type, at: time.now, ...details } as never)
  return createSealedRecords({ store, sealer: counting, name: 'session', parse, memory, emit: emit as never })
}

describe('a record in the store', () => {
  it('is read as it was written, and opened once', async () => {
    await records().write('a', { name: 'Ada' }, 60)
    expect(await records().read('a')).toMatchObject({ value: { name: 'Ada' }, current: true })
    expect(await records().read('a')).toMatchObject({ value: { name: 'Ada' }, current: true })
    expect(unseals).toBe(1)
    expect(await records().read('b')).toBeUndefined()
  })

  it('SEC-176 holds nothing in clear, and opens under no other secret', async () => {
    await records().write('a', { name: 'Ada-in-clear' }, 60)
    expect(store.written.join()).not.toContain('Ada')
    expect(await records(['another-secret-of-thirty-two-chars']).read('a')).toBeUndefined()
  })

  it.each([['purpose'], ['name'], ['issuer'], ['clientId']])('SEC-176 opens for no other %s', async (member) => {
    await records().write('a', { name: 'Ada' }, 60)
    expect(await records([secret], { [member]: 'another' }).read('a')).toBeUndefined()
  })

  it('of an older secret is read, said to be so, and not remembered', async () => {
    await records().write('a', { name: 'Ada' }, 60)
    const rotated = records(['new-secret-new-secret-new-secret', secret])
    expect(await rotated.read('a')).toMatchObject({ value: { name: 'Ada' }, current: false })
    expect(await rotated.read('a')).toMatchObject({ value: { name: 'Ada' }, current: false })
  })

  it('ends with its entry, and nothing is reported about it', async () => {
    await records().write('a', { name: 'Ada' }, 60)
    time.now += 60
    expect(await records().read('a')).toBeUndefined()
    // In a store whose clock goes slower than ours.
    store = faultyStore(() => memoryStore({ clock: () => start }))
    await records().write('a', { name: 'Ada' }, 60)
    time.now += 60
    expect(await records().read('a')).toBeDefined()
    expect(events).toEqual([])
  })

  it('I1 is read by a process whose clock is an hour ahead of the one that wrote it', async () => {
    store = faultyStore(() => memoryStore({ clock: () => start }))
    await records().write('a', { name: 'Ada' }, 60)
    time.now += 3600
    expect(await records().read('a')).toMatchObject({ value: { name: 'Ada' } })
    expect(events).toEqual([])
  })

  it('lives for a whole second at least', async () => {
    await records().write('a', { name: 'Ada' }, 0.2)
    expect(await records().read('a')).toBeDefined()
    time.now += 1
    expect(await records().read('a')).toBeUndefined()
  })

  it('is written where the condition holds, and says what it wrote', async () => {
    const first = await records().write('a', { name: 'Ada' }, 60, 'absent')
    expect(await records().write('a', { name: 'Bob' }, 60, 'absent')).toBeUndefined()
    expect(await records().write('a', { name: 'Eve' }, 60, { is: 'something else' })).toBeUndefined()
    expect(await records().write('a', { name: 'Gil' }, 60, { is: first ?? '' })).toBeDefined()
    expect((await records().read('a'))?.value).toEqual({ name: 'Gil' })
  })
})

describe('what the kit has not made', () => {
  it.each([
    ['truncated', (sealed: string) => sealed.slice(0, -5)],
    ['a flipped character', (sealed: string) => `${sealed.slice(0, 200)}~${sealed.slice(201)}`],
    ['an object', () => '{}'],
    ['null', () => 'null'],
    ['not JSON', () => '{"name":'],
    ['gzip', () => '\u001f\u008b\b\u0000'],
    ['empty', () => ''],
    ['of another seal version', (sealed: string) => sealed.replace('Fe26.2', 'Fe26.1')],
    ['SEC-164 a poisoned object', () => '{"__proto__":{"name":"Eve"}}'],
    ['a megabyte', (sealed: string) => sealed + 'x'.repeat(1_000_000)],
  ])('SEC-163 %s is no record: reported once, and deleted', async (_label, change) => {
    const sealed = await records().write('a', { name: 'Ada' }, 60)
    known.clear()
    await store.set('a', change(sealed ?? ''), 60)
    expect(await records().read('a')).toBeUndefined()
    expect(await store.entries()).toEqual(new Map())
    expect(await records().read('a')).toBeUndefined()
    expect(events).toEqual([{ type: 'record_refused', at: start, record: 'session', reason: 'unreadable' }])
  })

  it.each([[undefined], [null], [1], ['text'], [[]], [{ name: 1 }], [{ v: 2 }]])(
    'SEC-163 SEC-164 sealed, and of another version: %j has no value, is left where it is, and is reported once',
    async (data) => {
      const kind = records()
      const sealed = await kind.write('a', data, 60)
      for (let time = 0; time < 3; time++)
        expect(await kind.read('a')).toEqual({ value: undefined, sealed, current: true })
      expect(events).toMatchObject([{ record: 'session', reason: 'other_version' }])
      expect([...(await store.entries()).values()]).toEqual([sealed])
    },
  )

  it.each([[null], [1], ['text'], [[]], [{}]])('SEC-163 sealed without its key: %j', async (data) => {
    const issuer = 'https://auth.example'
    const context = { purpose: 'store', name: 'session', issuer, clientId: 'skc_1' } as const
    const sealer = createIronSealer({ secrets: [secret], context, clock: () => time.now })
    await store.set('a', await sealer.seal(data, 60), 60)
    await expect(records().read('a')).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('SEC-163 only what was read is deleted: a good record may have been written meanwhile', async () => {
    await store.set('a', 'rubbish', 60)
    store.condition = ({ method }) => (method === 'delete' ? 300 : 'up')
    const reading = records().read('a')
    await expect.poll(() => store.calls.at(-1)?.method).toBe('delete')
    await records().write('a', { name: 'Ada' }, 60)
    await reading
    expect((await records().read('a'))?.value).toEqual({ name: 'Ada' })
  })
})

describe('SEC-162 I3 the record of another key', () => {
  it.each([['not seen before'], ['that was opened here a moment ago']])(
    '%s is nobody’s: unavailable, reported, and the connection is dropped',
    async (label) => {
      await records().write('a', { name: 'Ada' }, 60)
      await records().write('b', { name: 'Bob' }, 60)
      if (label.startsWith('that')) await records().read('a')
      store.reply = () => 'a'
      await expect(records().read('b')).rejects.toMatchObject({ code: 'store_unavailable' })
      expect(events).toMatchObject([{ type: 'record_refused', reason: 'foreign' }])
      expect(store.resets()).toBe(1)
      store.reply = undefined
      // And it is not deleted: it is somebody’s.
      expect((await records().read('a'))?.value).toEqual({ name: 'Ada' })
      expect((await records().read('b'))?.value).toEqual({ name: 'Bob' })
    },
  )

  it('is refused as well where the store cannot begin anew', async () => {
    await records().write('a', { name: 'Ada' }, 60)
    store.reply = () => 'a'
    Reflect.deleteProperty(store, 'reset')
    await expect(records().read('b')).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
