import { describe, expect, it } from 'vitest'
import { encodeBase64url } from '../crypto/base64url.js'
import { createTestProvider, now } from '../protocol/test/test-issuer.js'
import { processState } from '../state/process-state.js'
import { createManagementToken } from './management-token.js'

let made = 0

function bench(expiresIn = 3600) {
  made += 1
  const time = { now }
  const calls: URLSearchParams[] = []
  const state = processState(`https://management-${made}.example`, 'client')
  const answers: (() => Response | Promise<Response>)[] = []
  const provider = createTestProvider([], {
    clock: () => time.now,
    fetch: async (_url, init) => {
      calls.push(new URLSearchParams(String(init.body)))
      const instead = answers.shift()
      if (instead !== undefined) return instead()
      return Response.json({ access_token: `token-${calls.length}`, token_type: 'Bearer', expires_in: expiresIn })
    },
  })
  const make = () => createManagementToken(provider, () => time.now, state)
  return { time, calls, answers, make }
}

describe('createManagementToken', () => {
  it('asks once for many callers, and for every program of the process', async () => {
    const { calls, make } = bench()
    const [first, second] = [make(), make()]
    expect(await Promise.all([first(), second(), first()])).toEqual(['token-1', 'token-1', 'token-1'])
    expect(await second()).toBe('token-1')
    expect(calls.map((form) => form.get('grant_type'))).toEqual(['client_credentials'])
  })

  it('renews a minute before the end', async () => {
    const { time, make } = bench()
    const token = make()
    await token()
    time.now += 3539
    expect(await token()).toBe('token-1')
    time.now += 1
    expect(await token()).toBe('token-2')
  })

  it.each([0, 30])('F25 a token that lives %i seconds is not kept for ever', async (expiresIn) => {
    const { time, make } = bench(expiresIn)
    const token = make()
    await token()
    time.now += 1
    expect(await token()).toBe('token-2')
  })

  it('a failure is not remembered', async () => {
    const { answers, make } = bench()
    answers.push(() => new Response('', { status: 500 }))
    const token = make()
    await expect(token()).rejects.toMatchObject({ code: 'management_unavailable', isRetryable: true })
    expect(await token()).toBe('token-2')
  })

  it('one that is refused is replaced, unless it was replaced already or is new', async () => {
    const { time, calls, make } = bench()
    const token = make()
    expect([await token(), await token('token-1')]).toEqual(['token-1', 'token-1'])
    time.now += 10
    expect(await Promise.all([token('token-1'), token('token-1')])).toEqual(['token-2', 'token-2'])
    time.now += 10
    expect([await token('token-1'), calls.length]).toEqual(['token-2', 2])
  })

  it.each([
    ['its own `exp`', `h.${encodeBase64url(new TextEncoder().encode(`{"exp":${now + 600}}`))}.s`, 540],
    ['a minute at most', 'opaque', 1],
  ])('one without `expires_in` counts as good for %s', async (_label, accessToken, seconds) => {
    const { time, calls, answers, make } = bench()
    const answer = () => Response.json({ access_token: accessToken, token_type: 'Bearer' })
    answers.push(answer, answer)
    const token = make()
    await token()
    time.now += seconds - 1
    await token()
    expect(calls).toHaveLength(1)
    time.now += 1
    await token()
    expect(calls).toHaveLength(2)
  })
})
