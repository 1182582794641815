import fc from 'fast-check'
import type { JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Fetch } from '../http/fetch-json.js'
import { createKeySet, type KeySet } from './key-set.js'
import { createTestKey, now } from './test/test-issuer.js'

let first: JWK
let second: JWK
let third: JWK

beforeAll(async () => {
  first = (await createTestKey('snk_1')).jwk
  second = (await createTestKey('snk_2')).jwk
  third = (await createTestKey('snk_3')).jwk
})

interface Bench {
  readonly keys: KeySet
  /** What the server does; a function of the request's number. */
  answer: Fetch
  time: number
  fetches: number
}

function bench(answer: Fetch): Bench {
  const state: Bench = {
    answer,
    time: now,
    fetches: 0,
    keys: createKeySet({
      url: async () => 'https://auth.example/keys',
      fetch: async (input, init) => {
        state.fetches += 1
        return state.answer(input, init)
      },
      clock: () => state.time,
      deadline: 0.5,
    }),
  }
  return state
}

const publish =
  (...keys: unknown[]): Fetch =>
  async () =>
    Response.json({ keys })
const status =
  (code: number): Fetch =>
  async () =>
    new Response('', { status: code })
const refused: Fetch = async () => Promise.reject(new TypeError('fetch failed'))
const hang: Fetch = (_input, init) =>
  new Promise((_resolve, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted'))))

/** `found`, `none`, or the code of the error. */
async function outcome(keys: KeySet, kid: string | undefined): Promise<string> {
  try {
    return (await keys.find(kid)) === undefined ? 'none' : 'found'
  } catch (error) {
    expect(error).toMatchObject({ name: 'ProviderError', status: 503 })
    return (error as { code: string }).code
  }
}

describe('find', () => {
  it('fetches nothing until asked, then gives the key that is named', async () => {
    const test = bench(publish(first, second))
    expect(test.fetches).toBe(0)
    const key = await test.keys.find('snk_2')
    expect(key).toMatchObject({
      type: 'public',
      extractable: false,
      usages: ['verify'],
      algorithm: { modulusLength: 2048 },
    })
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
    expect(test.fetches).toBe(1)
  })

  it('SEC-086 SEC-087 gives the only key to an absent kid, and none where there are several', async () => {
    expect(await outcome(bench(publish(first)).keys, undefined)).toBe('found')
    expect(await outcome(bench(publish({ ...first, kid: undefined })).keys, undefined)).toBe('found')
    expect(await outcome(bench(publish(first, second)).keys, undefined)).toBe('none')
  })

  it('SEC-085 a key without name answers to no name', async () => {
    expect(await outcome(bench(publish({ ...first, kid: undefined })).keys, 'undefined')).toBe('none')
  })

  it('SEC-126 1 000 questions at a cold start are one fetch', async () => {
    const test = bench(publish(first))
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => outcome(test.keys, 'snk_1')))
    expect(new Set(outcomes)).toEqual(new Set(['found']))
    expect(test.fetches).toBe(1)
  })

  it('SEC-123 SEC-240 10 000 random kids are one fetch per 30 s, and good tokens go on', async () => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    for (let index = 0; index < 10_000; index++) {
      test.time = now + Math.floor(index / 100)
      expect(await test.keys.find(`forged_${index}`)).toBeUndefined()
      if (index % 100 === 0) expect(await outcome(test.keys, 'snk_1')).toBe('found')
    }
    // The first load, and 100 seconds of looks: at 0, 30, 60 and 90.
    expect(test.fetches).toBe(5)
  })

  it('SEC-123 10 000 random kids at the same time are one fetch, and nobody good waits for it', async () => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    test.answer = async () => {
      await held
      return Response.json({ keys: [first] })
    }
    const forged = Promise.all(Array.from({ length: 10_000 }, (_none, index) => outcome(test.keys, `forged_${index}`)))
    // The provider has not answered yet.
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
    release()
    expect(new Set(await forged)).toEqual(new Set(['none']))
    expect(test.fetches).toBe(2)
  })

  it('SEC-123 SEC-126 a cold start amid forged kids is one fetch, and good tokens get in', async () => {
    const test = bench(publish(first))
    const kids = Array.from({ length: 1000 }, (_none, index) => (index % 2 === 0 ? 'snk_1' : `forged_${index}`))
    const outcomes = await Promise.all(kids.map((kid) => outcome(test.keys, kid)))
    expect(outcomes).toEqual(kids.map((kid) => (kid === 'snk_1' ? 'found' : 'none')))
    expect(test.fetches).toBe(1)
  })

  it('SEC-123 a flood during an outage is one look per 30 s, and known keys go on', async () => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    test.answer = status(404)
    for (let index = 0; index < 1000; index++) {
      test.time = now + Math.floor(index / 10)
      expect(await outcome(test.keys, `forged_${index}`)).toBe('keys_unavailable')
      expect(await outcome(test.keys, 'snk_1')).toBe('found')
    }
    expect(test.fetches).toBe(5)
  })

  it.each([0, 1, 29, 30])(
    'SEC-113 a key that was published %i s after the first load is fetched and found',
    async (age) => {
      const test = bench(publish(first))
      await test.keys.find('snk_1')
      test.answer = publish(first, second)
      test.time = now + age
      expect(await outcome(test.keys, 'snk_2')).toBe('found')
      expect(test.fetches).toBe(2)
    },
  )

  it('SEC-114 a withdrawn key is accepted for ten minutes and then no more', async () => {
    const test = bench(publish(first, second))
    await test.keys.find('snk_1')
    test.answer = publish(second)
    test.time = now + 599
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
    expect(test.fetches).toBe(1)
    test.time = now + 600
    expect(await outcome(test.keys, 'snk_1')).toBe('none')
    expect(test.fetches).toBe(2)
  })

  it.each<[string, (keys: { first: JWK; second: JWK }) => Fetch, number]>([
    ['an empty set', () => publish(), 1],
    ['no set', () => async () => Response.json({}), 1],
    ['a set that is an object', () => async () => Response.json({ keys: {} }), 1],
    ['HTML', () => async () => new Response('<html>'), 1],
    ['500', () => status(500), 2],
    ['404', () => status(404), 1],
    ['302 to another origin', () => async () => Response.redirect('https://evil.example/keys', 302), 1],
    ['over 512 KB', ({ second }) => publish(second, { filler: 'x'.repeat(524_288) }), 1],
    [
      '5 000 keys',
      ({ second }) => publish(...Array.from({ length: 5000 }, (_none, index) => ({ ...second, kid: `${index}` }))),
      1,
    ],
    ['one kid twice', ({ first, second }) => publish(second, { ...first, kid: 'snk_2' }), 1],
    [
      'two keys without a kid',
      ({ first, second }) => publish({ ...first, kid: undefined }, { ...second, kid: undefined }, second),
      1,
    ],
    [
      'good keys under 404',
      ({ second }) =>
        async () =>
          Response.json({ keys: [second] }, { status: 404 }),
      1,
    ],
    ['a hang', () => hang, 1],
    ['a refused connection', () => refused, 2],
    ['keys of other kinds only', () => publish({ kty: 'EC', crv: 'P-256', kid: 'snk_2' }, null, 7, 'x'), 1],
  ])('SEC-124 keeps the keys it has when the server answers with %s', async (_label, answer, fetches) => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    test.answer = answer({ first, second })
    test.time = now + 600
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
    expect(await outcome(test.keys, 'snk_2')).toBe('keys_unavailable')
    expect(await outcome(test.keys, undefined)).toBe('found')
    expect(test.fetches).toBe(1 + fetches)
    test.time = now + 630
    test.answer = publish(second)
    expect(await outcome(test.keys, 'snk_2')).toBe('found')
  })

  it('SEC-124 does not read 100 MB to find that it is too much', async () => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    let sent = 0
    let signal: AbortSignal | null | undefined
    test.answer = async (_input, init) => {
      signal = init.signal
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
        if (sent >= 100_000_000) controller.close()
      }
      return new Response(new ReadableStream<Uint8Array>({ pull }))
    }
    test.time = now + 600
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
    // The signal is what closes the connection.
    expect([sent < 1_000_000, signal?.aborted, test.fetches]).toEqual([true, true, 2])
  })

  it('SEC-124 follows no redirect, not even one that would lead to good keys', async () => {
    const redirects: unknown[] = []
    const test = bench(async (_input, init) => {
      redirects.push(init.redirect)
      return Response.redirect('https://auth.example/other', 302)
    })
    expect(await outcome(test.keys, 'snk_1')).toBe('keys_unavailable')
    expect([redirects, test.fetches]).toEqual([['manual'], 1])
  })

  it('SEC-124 takes exactly 100 keys', async () => {
    const fillers = Array.from({ length: 99 }, () => ({ kty: 'EC' }))
    expect(await outcome(bench(publish(first, ...fillers)).keys, 'snk_1')).toBe('found')
    expect(await outcome(bench(publish(first, ...fillers, {})).keys, 'snk_1')).toBe('keys_unavailable')
  })

  it('SEC-356 a server that hangs costs the deadline once, not once a question', async () => {
    const test = bench(hang)
    const started = performance.now()
    expect(await Promise.all([1, 2, 3].map(() => outcome(test.keys, 'snk_1')))).toEqual(
      Array(3).fill('keys_unavailable'),
    )
    expect(await outcome(test.keys, 'snk_1')).toBe('keys_unavailable')
    expect(performance.now() - started).toBeLessThan(1400)
    expect(test.fetches).toBe(1)
  })

  it('SEC-357 repeats a load once, after an error that may pass', async () => {
    for (const [failing, fetches] of [
      [refused, 2],
      [status(503), 2],
      [status(404), 1],
      [publish(), 1],
    ] as const) {
      const test = bench(failing)
      expect(await outcome(test.keys, 'snk_1')).toBe('keys_unavailable')
      expect(test.fetches).toBe(fetches)
    }
    const test = bench(async () =>
      test.fetches === 1 ? new Response('', { status: 502 }) : Response.json({ keys: [first] }),
    )
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
  })

  it('SEC-123 an empty set does not lift the cooldown', async () => {
    const test = bench(publish())
    for (let index = 0; index < 20; index++) expect(await outcome(test.keys, 'snk_1')).toBe('keys_unavailable')
    expect(test.fetches).toBe(1)
    test.time = now + 30
    await outcome(test.keys, 'snk_1')
    expect(test.fetches).toBe(2)
  })

  it('known keys outlive an outage by a day, not longer', async () => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    test.answer = status(500)
    test.time = now + 86_399
    expect(await outcome(test.keys, 'snk_1')).toBe('found')
    test.time = now + 86_400
    expect(await outcome(test.keys, 'snk_1')).toBe('keys_unavailable')
  })

  it('an address that cannot be had is an outage like any other', async () => {
    const keys = createKeySet({
      url: async () => Promise.reject(new Error('no metadata')),
      fetch: publish(first),
      clock: () => now,
      deadline: 1,
    })
    expect(await outcome(keys, 'snk_1')).toBe('keys_unavailable')
  })

  it('a clock that is set back an hour does not freeze the set', async () => {
    const test = bench(publish(first))
    await test.keys.find('snk_1')
    test.answer = publish(second)
    test.time = now - 3600
    expect(await outcome(test.keys, 'snk_2')).toBe('found')
    expect(await outcome(test.keys, 'snk_1')).toBe('none')
  })
})

describe('SEC-090 keys that are not ours to use', () => {
  const cases: [string, (jwk: JWK) => unknown][] = [
    ['use: enc', (jwk) => ({ ...jwk, use: 'enc' })],
    ['key_ops without verify', (jwk) => ({ ...jwk, key_ops: ['encrypt'] })],
    ['key_ops that is no list', (jwk) => ({ ...jwk, key_ops: 'verify' })],
    ['another alg', (jwk) => ({ ...jwk, alg: 'RS512' })],
    ['a PS256 key', (jwk) => ({ ...jwk, alg: 'PS256' })],
    ['an oct key', (jwk) => ({ kty: 'oct', k: jwk.n, kid: jwk.kid, alg: 'RS256' })],
    ['another kty', (jwk) => ({ ...jwk, kty: 'EC' })],
    ['no modulus', (jwk) => ({ ...jwk, n: undefined })],
    ['an exponent that is a number', (jwk) => ({ ...jwk, e: 65_537 })],
    ['a modulus that is not base64url', (jwk) => ({ ...jwk, n: '?' })],
    ['an exponent that is not base64url', (jwk) => ({ ...jwk, e: '?' })],
    ['an exponent of 1', (jwk) => ({ ...jwk, e: 'AQ' })],
    ['an exponent of 3', (jwk) => ({ ...jwk, e: 'Aw' })],
    ['an empty kid', (jwk) => ({ ...jwk, kid: '' })],
    ['a kid that is a number', (jwk) => ({ ...jwk, kid: 1 })],
  ]

  it.each(cases)('SEC-090 %s', async (_label, change) => {
    const keys = bench(publish(change(first), second)).keys
    expect(await outcome(keys, 'snk_1')).toBe('none')
    expect(await outcome(keys, '')).toBe('none')
    expect(await outcome(keys, undefined)).toBe('found')
  })

  it('SEC-090 a key at which the engine throws, as WebCrypto allows and Node does not', async () => {
    const { importKey } = crypto.subtle
    const throwing = async (...input: unknown[]) => {
      if ((input[1] as JWK).n === '?') throw new DOMException('', 'DataError')
      return Reflect.apply(importKey, crypto.subtle, input) as Promise<CryptoKey>
    }
    Object.defineProperty(crypto.subtle, 'importKey', { value: throwing, configurable: true })
    try {
      const keys = bench(publish({ ...first, n: '?' }, second)).keys
      expect(await outcome(keys, 'snk_2')).toBe('found')
      expect(await outcome(keys, 'snk_1')).toBe('none')
    } finally {
      Reflect.deleteProperty(crypto.subtle, 'importKey')
    }
  })

  it('SEC-090 an RSA key of 1024 bits', async () => {
    const algorithm = {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    }
    const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const jwk = { ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'snk_1', key_ops: undefined }
    expect(await outcome(bench(publish(jwk, second)).keys, 'snk_1')).toBe('none')
  })

  it.each<[string, (jwk: JWK) => unknown]>([
    ['no use, no alg', (jwk) => ({ ...jwk, use: undefined, alg: undefined })],
    ['key_ops with verify', (jwk) => ({ ...jwk, key_ops: ['verify'] })],
    ['members that nobody knows', (jwk) => ({ ...jwk, x5c: ['?'], oth: [], d: 'AQAB', ext: false })],
  ])('accepts a key with %s', async (_label, change) => {
    expect(await outcome(bench(publish(change(first))).keys, 'snk_1')).toBe('found')
  })
})

describe('F17', () => {
  it('loads at most once per cooldown, and known good keys never fail, whatever the server does', async () => {
    // A server that hangs ends like one that answers 404, only later.
    const behaviours = ['good', 'good', 'rotated', 'empty', 'html', '404', '500', 'refused', 'redirect'] as const
    const step = fc.record({
      wait: fc.constantFrom(0, 1, 10, 29, 30, 31, 299, 600, 3000),
      behaviour: fc.constantFrom(...behaviours),
      kid: fc.constantFrom('snk_1', 'snk_3', 'forged', undefined),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const answers: Record<(typeof behaviours)[number], Fetch> = {
          good: publish(first, second),
          rotated: publish(first, second, third),
          empty: publish(),
          html: async () => new Response('<html>'),
          500: status(500),
          refused,
          redirect: status(302),
          404: status(404),
        }
        const test = bench(answers.good)
        await test.keys.find('snk_1')
        let retries = 0
        for (const { wait, behaviour, kid } of steps) {
          test.time += wait
          test.answer = answers[behaviour]
          const before = test.fetches
          await outcome(test.keys, kid)
          expect(await outcome(test.keys, 'snk_1')).toBe('found')
          const loads = test.fetches - before
          expect(loads).toBeLessThanOrEqual(behaviour === '500' || behaviour === 'refused' ? 2 : 1)
          retries += loads === 2 ? 1 : 0
        }
        // One look a cooldown, and one load for each ten minutes of age.
        const elapsed = test.time - now
        expect(test.fetches - retries).toBeLessThanOrEqual(Math.ceil(elapsed / 30) + 1 + Math.ceil(elapsed / 600) + 1)
      }),
      { numRuns: 200 },
    )
  })
})
