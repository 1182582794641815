import { describe, expect, it } from 'vitest'
import { refusalOf } from './errors.js'
import { createLink } from './link.js'
import { textOrNothing } from './replies.js'
import { resolveOptions } from './store-options.js'
import { now, rejection, sleep, until } from './test/waiting.js'
import type { Wire } from './wire.js'

/** Wires whose replies and failures a test chooses; what is done to them is counted. */
function wires(reply: () => unknown, connects: () => Promise<unknown> = async () => undefined) {
  const counts = { opened: 0, destroyed: 0, attempts: 0, mostAttempts: 0 }
  const open = (): Wire => {
    counts.opened += 1
    return {
      isCluster: false,
      async connect() {
        counts.attempts += 1
        counts.mostAttempts = Math.max(counts.mostAttempts, counts.attempts)
        await connects().finally(() => {
          counts.attempts -= 1
        })
      },
      send: async ([command]) => (command === 'GET' ? null : reply()),
      memory: async () => '',
      onTrouble: () => undefined,
      trouble: () => undefined,
      destroy() {
        counts.destroyed += 1
      },
    }
  }
  return { counts, open }
}

describe('a link', () => {
  const shared = { of: 'feed', deadline: 0.1, probe: 'probe', onHealth: () => undefined } as const
  const command = { args: ['TIME'], key: 'a' }

  it('SEC-162 drops the connection whose reply does not fit', async () => {
    const { counts, open } = wires(() => 7)
    const link = createLink({ ...shared, open })
    expect(await rejection(link.ask(command, textOrNothing))).toMatchObject({ code: 'redis_reply_invalid' })
    expect(counts.destroyed).toBe(1)
    link.close()
  })

  it('drops its connection where it is told that replies are mixed up', async () => {
    const { counts, open } = wires(() => 'a')
    const link = createLink({ ...shared, open })
    expect(await link.ask(command, textOrNothing)).toBe('a')
    link.reset()
    expect(counts.destroyed).toBe(1)
    link.close()
  })

  it('makes one attempt at a time, however many ask', async () => {
    const { counts, open } = wires(
      () => 'a',
      () => sleep(0.2).then(() => Promise.reject(new Error('refused'))),
    )
    const link = createLink({ ...shared, open })
    await Promise.all(Array.from({ length: 50 }, () => rejection(link.ask(command, textOrNothing))))
    await sleep(0.5)
    expect(counts.opened).toBeGreaterThan(1)
    expect(counts.mostAttempts).toBe(1)
    link.close()
  })

  it('takes a connection that cannot even be opened for a failed attempt', async () => {
    const { counts, open } = wires(() => 'a')
    const fail = () => {
      throw new TypeError('no such option')
    }
    const attempts = [fail, () => ({ ...open(), connect: fail }), open]
    const health: string[] = []
    const link = createLink({
      ...shared,
      open: () => (attempts.shift() ?? open)(),
      onHealth: ({ type }) => health.push(type),
    })
    expect(await rejection(link.ask(command, textOrNothing))).toMatchObject({ code: 'redis_unavailable' })
    await until(async () => (await link.ask(command, textOrNothing)) === 'a', 3)
    expect(counts).toMatchObject({ opened: 2, destroyed: 1 })
    expect(health).toEqual(['lost', 'back'])
    link.close()
  })

  it('says of the latest attempt why it failed, and nothing of one that ran out of time', async () => {
    const { open } = wires(() => 'a')
    const refuse = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
    const attempts = [refuse, () => new Promise(() => undefined)]
    const connect = () => attempts.shift()?.() ?? refuse()
    const link = createLink({ ...shared, open: () => ({ ...open(), connect }) })
    const message = async () => (await rejection(link.ask(command, textOrNothing)))?.message
    expect(await message()).toContain('There is no connection (ECONNREFUSED); it is tried again by itself.')
    await until(async () => (await message())?.includes('There is no connection; it is') === true, 4)
    await until(async () => (await message())?.includes('(ECONNREFUSED)') === true, 4)
    link.close()
  })

  it.each([0.5, 0.7])(
    'rejects the first question within a second where connecting takes %f and no reply comes',
    async (takes) => {
      const { open } = wires(
        () => new Promise(() => undefined),
        () => sleep(takes),
      )
      const { deadline } = resolveOptions({ deadline: 0.4 })
      const link = createLink({ ...shared, deadline, open })
      const begun = now()
      expect(await rejection(link.ask(command, textOrNothing))).toMatchObject({ code: 'redis_unavailable' })
      expect(now() - begun).toBeLessThan(1.05)
      link.close()
    },
  )
})

describe('what a server refuses', () => {
  it.each([
    ['NOPERM this user has no permissions', 'NOPERM'],
    ['ERR Error running script (call to f_1): @user_script:1: -OOM command not allowed', 'OOM'],
    ['connect ECONNREFUSED 127.0.0.1:1', undefined],
    ['Socket closed unexpectedly', undefined],
  ])('is told from a connection that failed: %s', (message, refusal) => {
    expect(refusalOf(new Error(message))).toBe(refusal)
  })

  it('is not what a socket says in capitals', () => {
    expect(refusalOf(Object.assign(new Error('ETIMEDOUT while connecting'), { code: 'ETIMEDOUT' }))).toBe(undefined)
    expect(refusalOf('NOPERM')).toBe(undefined)
  })
})
