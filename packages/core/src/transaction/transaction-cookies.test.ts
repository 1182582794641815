import { describe, expect, it } from 'vitest'
import { type CollectingJar, collectingJar } from '../cookies/cookie-jar.js'
import { randomToken } from '../crypto/random.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import type { SealContext } from '../seal/sealer.js'
import { type Transaction, transactionTag } from './transaction.js'
import { createTransactionCookies } from './transaction-cookies.js'

const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const
const name = '__Host-scalegate-login'
const context = { purpose: 'transaction', name, issuer: 'https://auth.example', clientId: 'skc_1' }

function bench(changes: Partial<SealContext> = {}, max = 5) {
  const time = { now: 1_800_000_000 }
  const clock = () => time.now
  const sealer = createIronSealer({
    secrets: ['q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'],
    context: { ...context, ...changes },
    clock,
  })
  const cookies = createTransactionCookies({ name, attributes, sealer, clock, lifetime: 600, max })
  const transaction = (members: Partial<Transaction> = {}): Transaction => ({
    v: 1,
    state: randomToken(),
    nonce: randomToken(),
    verifier: randomToken(),
    returnTo: '/members',
    startedAt: time.now,
    ...members,
  })
  return { time, cookies, transaction, sealer }
}

/** The jar of the next request, after a browser has taken in what was set. */
function next(jar: CollectingJar): CollectingJar {
  const kept = new Map(jar.all)
  for (const line of jar.setCookies()) {
    const [pair = ''] = line.split(';')
    const at = pair.indexOf('=')
    if (line.includes('Max-Age=0')) kept.delete(pair.slice(0, at))
    else kept.set(pair.slice(0, at), pair.slice(at + 1))
  }
  return collectingJar([...kept].map((entry) => entry.join('=')).join('; '))
}

describe('createTransactionCookies', () => {
  it('finds what it stored, once, and takes it away', async () => {
    const { cookies, transaction } = bench()
    const jar = collectingJar(null)
    const login = transaction({ organizationId: 'org_1' })
    await cookies.start(jar, login)
    const back = next(jar)
    expect(await cookies.find(back, login.state)).toEqual({ status: 'found', transaction: login })
    await cookies.finish(back, login.state)
    expect(await cookies.find(next(back), login.state)).toEqual({ status: 'missing' })
  })

  it('writes one cookie that scripts cannot read, without state or path in clear', async () => {
    const { cookies, transaction, time } = bench()
    const jar = collectingJar(null)
    const login = transaction({ returnTo: '/canary-path' })
    await cookies.start(jar, login)
    const [line = '', ...others] = jar.setCookies()
    expect(others).toEqual([])
    const tag = await transactionTag(login.state)
    expect(line.startsWith(`${name}.${tag}.${time.now.toString(36)}=Fe26.2*`)).toBe(true)
    expect(line.endsWith('; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax')).toBe(true)
    for (const secret of [login.state, login.nonce, login.verifier, 'canary-path']) expect(line).not.toContain(secret)
  })

  it('SEC-005 keeps at most five of 200 logins and under 4 KB, the newest ones', async () => {
    const { cookies, transaction, time } = bench()
    let jar = collectingJar(null)
    const states: string[] = []
    for (let i = 0; i < 200; i++) {
      time.now += 1
      const login = transaction()
      states.push(login.state)
      await cookies.start(jar, login)
      jar = next(jar)
      expect(jar.all.size).toBeLessThanOrEqual(5)
    }
    const bytes = [...jar.all].reduce((sum, [key, value]) => sum + key.length + value.length, 0)
    expect(bytes).toBeLessThanOrEqual(4096)
    expect((await cookies.find(jar, states[199]!)).status).toBe('found')
    expect((await cookies.find(jar, states[0]!)).status).toBe('missing')
  })

  it.each([
    ['a second before the end', 599, 'found'],
    ['SEC-051 at the end', 600, 'expired'],
    ['SEC-051 an hour later, whatever the browser kept', 3600, 'expired'],
    ['SEC-051 after a day the seal itself has ended', 86_400, 'missing'],
    ['a clock set back by less than the skew', -60, 'found'],
    ['SEC-051 a clock set back', -61, 'expired'],
  ])('%s: %i seconds', async (_label, seconds, status) => {
    const { cookies, transaction, time } = bench()
    const jar = collectingJar(null)
    const login = transaction()
    await cookies.start(jar, login)
    time.now += seconds
    expect((await cookies.find(next(jar), login.state)).status).toBe(status)
  })

  it.each([
    ['SEC-016 another client', { clientId: 'skc_2' }],
    ['SEC-016 another environment', { issuer: 'https://other.example' }],
    ['SEC-136 the seal of a session', { purpose: 'session' }],
    ['SEC-136 another cookie', { name: '__Host-other-login' }],
  ])('%s cannot open it', async (_label, changes) => {
    const { cookies, transaction } = bench()
    const jar = collectingJar(null)
    const login = transaction()
    await cookies.start(jar, login)
    expect(await bench(changes).cookies.find(next(jar), login.state)).toEqual({ status: 'missing' })
  })

  it('SEC-047 a cookie renamed to another state is not the login of that state', async () => {
    const { cookies, transaction } = bench()
    const jar = collectingJar(null)
    const login = transaction()
    await cookies.start(jar, login)
    const [value = ''] = next(jar).all.values()
    const other = randomToken()
    const planted = collectingJar(`${name}.${await transactionTag(other)}.abc=${value}`)
    expect(await cookies.find(planted, other)).toEqual({ status: 'missing' })
  })

  it.each(['', 'x', `${'a'.repeat(42)}A`, `${'a'.repeat(44)}`, '\u0000', 'a'.repeat(100_000)])(
    'SEC-047 finds nothing for another state (%#)',
    async (state) => {
      const { cookies, transaction } = bench()
      const jar = collectingJar(null)
      await cookies.start(jar, transaction({ state: 'a'.repeat(43) }))
      expect(await cookies.find(next(jar), state)).toEqual({ status: 'missing' })
    },
  )

  it('clears every login, and only logins', async () => {
    const { cookies, transaction } = bench()
    let jar = collectingJar('other=1')
    for (const returnTo of ['/a', '/b']) {
      await cookies.start(jar, transaction({ returnTo }))
      jar = next(jar)
    }
    cookies.clearAll(jar)
    expect([...next(jar).all.keys()]).toEqual(['other'])
  })

  it('leaves cookies alone that only begin like its own: a name the kit never wrote may not even be writable', async () => {
    const { cookies, transaction } = bench({}, 1)
    const odd = [`${name}.é`, `${name}.a b`, `${name}."x"`, `${name}.`, `${name}.${'a'.repeat(16)}.!!!`]
    const jar = collectingJar(odd.map((one) => `${one}=${'v'.repeat(2000)}`).join('; '))
    cookies.clearAll(jar)
    expect(jar.setCookies()).toEqual([])
    await cookies.start(jar, transaction())
    expect(jar.setCookies()).toHaveLength(1)
  })

  it('SEC-036 never writes a cookie that a browser would drop', async () => {
    const { cookies, transaction } = bench()
    const jar = collectingJar(null)
    const long = transaction({ returnTo: `/x?${'y'.repeat(2040)}` })
    await cookies.start(jar, long)
    expect(jar.setCookies()[0]!.split(';')[0]!.length).toBeLessThanOrEqual(4096)
    // A backslash counts twice in JSON, and an organization stands beside the path.
    const longer = transaction({ returnTo: `/x?${'\\'.repeat(2040)}`, organizationId: 'o'.repeat(512) })
    await expect(cookies.start(collectingJar(null), longer)).rejects.toMatchObject({
      code: 'request_invalid',
      reason: 'too_long',
    })
  })
})
