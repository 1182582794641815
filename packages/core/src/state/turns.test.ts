import { afterEach, describe, expect, it } from 'vitest'
import { createTurns } from './turns.js'

afterEach(() => void Reflect.deleteProperty(globalThis, 'navigator'))

/** Tasks that end when they are told to. */
function bench() {
  const inTurn = createTurns()
  const log: string[] = []
  const end = new Map<string, (error?: Error) => void>()
  const run = (object: string, name: string) =>
    inTurn(object, async () => {
      log.push(`${name} begins`)
      await new Promise<void>((resolve, reject) => end.set(name, (error) => (error ? reject(error) : resolve())))
      log.push(`${name} ends`)
      return name
    })
  return { log, run, end: (name: string, error?: Error) => end.get(name)?.(error) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('createTurns', () => {
  it('SEC-278 runs what is about one object one after another, and the rest beside it', async () => {
    const { log, run, end } = bench()
    const [first, second, other] = [run('a', '1'), run('a', '2'), run('b', '3')]
    await settled()
    expect(log).toEqual(['1 begins', '3 begins'])
    end('1')
    await settled()
    expect(log.slice(2)).toEqual(['1 ends', '2 begins'])
    end('2')
    end('3')
    expect(await Promise.all([first, second, other])).toEqual(['1', '2', '3'])
  })

  it('SEC-269 goes on after a failure, which only its own caller hears of', async () => {
    const { run, end } = bench()
    const first = run('a', '1')
    const second = run('a', '2')
    await settled()
    end('1', new Error('first'))
    await expect(first).rejects.toThrow('first')
    await settled()
    end('2')
    expect(await second).toBe('2')
  })

  it('waits for nobody on workerd', async () => {
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true })
    const { log, run } = bench()
    void run('a', '1')
    void run('a', '2')
    await settled()
    expect(log).toEqual(['1 begins', '2 begins'])
  })
})
