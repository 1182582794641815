import { describe, expect, it } from 'vitest'
import { collectingJar } from '../cookies/cookie-jar.js'
import { createValueCookie } from '../cookies/value-cookie.js'
import type { ScalegateEventType } from '../model/events.js'
import { accessClaims, encodeMembers, idClaims } from '../protocol/test/test-issuer.js'
import { createIronSealer } from '../seal/iron-sealer.js'
import { createOpenedCache } from '../seal/opened-cache.js'
import type { Sealer } from '../seal/sealer.js'
import { createSessionCookie } from './session-cookie.js'
import { type OpenedSession, openRecord } from './session-record.js'

const now = 1_800_000_000
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const

function session(changes: Readonly<Record<string, unknown>> = {}): OpenedSession {
  const jwt = (claims: Readonly<Record<string, unknown>>) => `${encodeMembers({})}.${encodeMembers(claims)}.AAAA`
  return openRecord({
    v: 1,
    id: 'a'.repeat(43),
    accessToken: jwt(accessClaims()),
    idToken: jwt(idClaims()),
    accessTokenExpiresAt: now + 300,
    loggedInAt: now,
    confirmedAt: now,
    seenAt: now,
    expiresAt: now + 1000,
    ...changes,
  })!
}

const secret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'

function bench(budget = 12_288, secrets: readonly string[] = [secret]) {
  const time = { now }
  const clock = () => time.now
  const events: ScalegateEventType[] = []
  const unsealed: string[] = []
  const context = { purpose: 'session', name: 's', issuer: 'https://auth.example', clientId: 'c' }
  const iron = createIronSealer({ secrets, context, clock })
  const sealer: Sealer = {
    seal: iron.seal,
    unseal: (sealed) => {
      unsealed.push(sealed)
      return iron.unseal(sealed)
    },
  }
  const cookie = createSessionCookie({
    cookie: createValueCookie('s', attributes),
    sealer,
    cache: createOpenedCache({ clock }),
    clock,
    budget,
    emit: (type) => void events.push(type),
  })
  return { time, cookie, events, unsealed }
}

async function written(cookie: ReturnType<typeof bench>['cookie'], opened = session()): Promise<string> {
  const jar = collectingJar(null)
  await cookie.write(jar, opened)
  return jar
    .setCookies()
    .map((line) => line.split(';')[0])
    .join('; ')
}

describe('createSessionCookie', () => {
  it('reads what it wrote, and opens a seal once', async () => {
    const { cookie, unsealed } = bench()
    const header = await written(cookie)
    for (let i = 0; i < 3; i++) {
      const read = await cookie.read(collectingJar(header))
      expect(read).toMatchObject({ status: 'open', current: true, opened: { record: session().record } })
    }
    expect(unsealed).toEqual([])
    const other = bench()
    for (let i = 0; i < 3; i++) await other.cookie.read(collectingJar(header))
    expect(other.unsealed).toHaveLength(1)
  })

  it('SEC-133 keeps asking for an older seal to be renewed', async () => {
    const header = await written(bench().cookie)
    const { cookie, unsealed } = bench(12_288, ['nEw7mT0pX9vK2sL8wR5yB1nC6dF4gH0j', secret])
    for (let i = 0; i < 2; i++) {
      expect(await cookie.read(collectingJar(header))).toMatchObject({ status: 'open', current: false })
    }
    expect(unsealed).toHaveLength(2)
  })

  it('remembers no forgery', async () => {
    const { cookie, unsealed } = bench()
    const header = await written(bench().cookie)
    const forged = `${header.slice(0, -10)}AAAAAAAA~2`
    for (let i = 0; i < 2; i++)
      expect(await cookie.read(collectingJar(forged))).toEqual({ status: 'none', reason: 'cookie_unusable' })
    expect(unsealed).toHaveLength(2)
  })

  it('lives as long as the session, and is not written for one that is over', async () => {
    const { cookie, time } = bench()
    const jar = collectingJar(null)
    await cookie.write(jar, session())
    expect(jar.setCookies()[0]).toContain('; Max-Age=1000;')
    time.now += 1000
    const late = collectingJar(null)
    await cookie.write(late, session())
    expect(late.setCookies()).toEqual([])
  })

  it('SEC-145 says what does not fit before anything is written', async () => {
    const { cookie, events } = bench(4096)
    const jar = collectingJar(null)
    const large = { ...session(), record: { ...session().record, idToken: 'x'.repeat(4000) } }
    await expect(cookie.write(jar, large)).rejects.toMatchObject({
      code: 'session_too_large',
      message: expect.stringMatching(/takes \d+ bytes of cookies; 4096 are allowed/),
    })
    expect([jar.setCookies(), events]).toEqual([[], ['cookie_budget_exceeded']])
  })

  it('SEC-145 writes it beside other cookies, however many, and says that they are many', async () => {
    const { cookie, events } = bench(4096)
    const jar = collectingJar(`other=${'x'.repeat(3900)}`)
    await cookie.write(jar, session())
    expect([jar.setCookies().length > 0, events]).toEqual([true, ['cookie_budget_exceeded']])
  })
})
