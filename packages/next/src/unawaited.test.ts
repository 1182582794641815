import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { reportUnawaited } from './unawaited.js'

const tick = () => new Promise((resolve) => setTimeout(resolve, 5))
const unhandled: unknown[] = []
const listen = (reason: unknown) => void unhandled.push(reason)

beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', listen)
  vi.stubEnv('NODE_ENV', 'development')
})
afterEach(() => {
  process.off('unhandledRejection', listen)
  vi.unstubAllEnvs()
})

describe('SEC-288 a guard without await', () => {
  it('reports itself in development, by name and with the place of the call', async () => {
    reportUnawaited('requireAuth', Promise.resolve('session')) as unknown
    await tick()
    expect(unhandled).toHaveLength(1)
    expect(unhandled[0]).toMatchObject({
      code: 'guard_not_awaited',
      message: expect.stringContaining('auth.requireAuth()'),
      stack: expect.stringContaining('unawaited.test.ts'),
    })
  })

  it('reports itself and not the redirect that nobody hears', async () => {
    reportUnawaited('requireAuth', Promise.reject(new Error('NEXT_REDIRECT'))) as unknown
    await tick()
    expect(unhandled).toMatchObject([{ code: 'guard_not_awaited' }])
  })

  it.each<[string, (guard: Promise<string>) => unknown]>([
    ['await', async (guard) => expect(await guard).toBe('session')],
    ['Promise.all', async (guard) => expect(await Promise.all([guard, 1])).toEqual(['session', 1])],
    ['then', (guard) => guard.then((session) => expect(session).toBe('session'))],
    ['catch', (guard) => guard.catch(() => undefined)],
    ['finally', (guard) => guard.finally(() => undefined)],
    ['return', async (guard) => (async () => guard)()],
  ])('is silent behind %s', async (_label, use) => {
    await use(reportUnawaited('requireAuth', Promise.resolve('session')))
    await tick()
    expect(unhandled).toEqual([])
  })

  it('passes a refusal on to whoever waits', async () => {
    await expect(reportUnawaited('requireAuth', Promise.reject(new Error('NEXT_REDIRECT')))).rejects.toThrow(
      'NEXT_REDIRECT',
    )
  })

  it('is a plain promise in production', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    const answer = Promise.resolve('session')
    expect(reportUnawaited('requireAuth', answer)).toBe(answer)
    await tick()
    expect(unhandled).toEqual([])
  })
})
