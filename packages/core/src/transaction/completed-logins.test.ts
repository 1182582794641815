import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ScalegateEvent } from '../model/events.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import { memoryStore } from '../state/memory-store.js'
import { processState } from '../state/process-state.js'
import { guardStore } from '../store/guarded-store.js'
import { createLateWrites } from '../store/late-writes.js'
import { createSealedRecords } from '../store/sealed-records.js'
import { faultyStore } from '../test/faulty-store.js'
import { cookieSecret, start } from '../test/fixture.js'
import { createCompletedLogins, mayCompleteLater } from './completed-logins.js'

afterEach(() => vi.unstubAllGlobals())

let made = 0
const lifetime = 600

type Login = { status: 'running'; by: string } | { status: 'spent' } | { status: 'completed'; outcome: string }

function bench(timeout = 0.4) {
  const time = { now: start }
  const clock = () => time.now
  const store = faultyStore(() => memoryStore({ clock }))
  const events: ScalegateEvent[] = []
  const emit = (type: string, details: object) => void events.push({ type, ...details } as never)
  const process = (owner = 'o') => {
    made += 1
    const context = { purpose: 'store', name: 'login', issuer: 'i', clientId: 'c' }
    const sealer = createIronSealer({ secrets: [cookieSecret], context, clock })
    const guarded = guardStore(store, emit as never)
    const parse = (data: unknown) => data as Login
    return createCompletedLogins<string>({
      clock,
      lifetime,
      state: processState(`https://logins-${made}.example`, 'c'),
      shared: {
        records: createSealedRecords({ store: guarded, sealer, name: 'login', parse, emit: emit as never }),
        late: createLateWrites(),
        owner,
        describe: (outcome) => outcome,
        timeout,
      },
    })
  }
  return { time, store, process }
}

const slowly = (outcome: string) => () =>
  new Promise<string>((resolve) => {
    setTimeout(() => resolve(outcome), 80)
  })
const never = () => Promise.reject(new Error('must not run'))

describe('a login in several processes', () => {
  it('SEC-049 runs once, and all of them get its outcome', async () => {
    const { process } = bench()
    const [here, there] = [process(), process()]
    const outcomes = await Promise.all([
      here.once('s', slowly('one')),
      there.once('s', slowly('two')),
      there.once('s', slowly('three')),
    ])
    expect(new Set(outcomes).size).toBe(1)
    expect(await process().once('s', never)).toBe(outcomes[0])
    expect(await process().find('s')).toEqual({ status: 'completed', outcome: outcomes[0] })
  })

  it('SEC-050 that failed is spent, in all of them', async () => {
    const { process } = bench()
    const [here, there] = [process(), process()]
    await expect(here.once('s', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(await here.once('s', never)).toBeUndefined()
    expect(await there.once('s', never)).toBeUndefined()
    expect(await there.find('s')).toEqual({ status: 'spent' })
  })

  it('that is under way is not known yet, and one that waits hears of its failure', async () => {
    const { process } = bench()
    const [here, there] = [process(), process()]
    const failing = here.once('s', async () => {
      await slowly('x')()
      throw new Error('refused')
    })
    failing.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await there.find('s')).toEqual({ status: 'unknown' })
    expect(await there.once('s', never)).toBeUndefined()
    await expect(failing).rejects.toThrow('refused')
  })

  it('whose process died keeps others waiting for as long as an exchange may take, and is sent by nobody', async () => {
    const { process } = bench(0.2)
    void process().once('s', () => new Promise(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, 20))
    const error = await process()
      .once('s', never)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'exchange_unavailable', reason: 'login_under_way' })
    expect(mayCompleteLater(error)).toBe(true)
  })

  it.each(['down', 'hang'] as const)('whose beginning the store did not take (%s) has not begun', async (fault) => {
    const { process, store } = bench()
    store.condition = fault
    const error = await process()
      .once('s', never)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'store_unavailable' })
    expect(mayCompleteLater(error)).toBe(true)
    store.condition = 'up'
    expect(await process().once('s', async () => 'one')).toBe('one')
  })

  it('whose outcome could not be told is told when the store is back', async () => {
    const { process, store } = bench()
    const complete = async () => {
      store.condition = 'down'
      return 'one'
    }
    expect(await process().once('s', complete)).toBe('one')
    store.condition = 'up'
    expect(await process().once('s', never)).toBe('one')
  })

  it('is forgotten after its lifetime', async () => {
    const { process, time } = bench()
    await process().once('s', async () => 'one')
    time.now += lifetime
    expect(await process().find('s')).toEqual({ status: 'unknown' })
  })

  it('of another app on the same store is another one', async () => {
    const { process } = bench()
    await process('one').once('s', async () => 'one')
    expect(await process('two').find('s')).toEqual({ status: 'unknown' })
    expect(await process('two').once('s', async () => 'two')).toBe('two')
  })

  it.each(['*', 'a:b', 'a\r\nFLUSHALL', 'x'.repeat(100_000)])(
    'SEC-161 nothing of the state is in a key: %j',
    async (state) => {
      const { process, store } = bench()
      await process().find(state)
      await process().once(state, async () => 'one')
      for (const { key } of store.calls) expect(key).toMatch(/^login:[A-Za-z0-9_-]{43}$/)
    },
  )
})

it('on workerd a second request of one process waits for what the first writes down, and not for its promise', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  const { process } = bench()
  const one = process()
  const first = one.once('s', slowly('one'))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await one.once('s', never)).toBe('one')
  expect(await first).toBe('one')
  expect(await one.once('s', never)).toBe('one')
})

it.each([new Error('x'), undefined, { code: 'exchange_unavailable' }])(
  '%s does not mean that it may complete later',
  (error) => {
    expect(mayCompleteLater(error)).toBe(false)
  },
)
