import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIronSealer } from '../seal/iron-sealer.js'
import { type CollectingJar, type CookieAttributes, collectingJar } from './cookie-jar.js'
import { cookieName } from './cookie-names.js'
import { createValueCookie } from './value-cookie.js'

type Scope = Omit<CookieAttributes, 'maxAge'>
const host: Scope = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' }
const configurations: readonly (readonly [string, Scope])[] = [
  ['https', host],
  ['https with a domain', { ...host, domain: 'app.example' }],
  ['https in a frame', { ...host, sameSite: 'none' }],
  ['http on this machine', { ...host, secure: false }],
]

/**
 * A browser as far as RFC 6265bis §5.7 goes: a cookie is known by name, domain and path, an age of 0 deletes, one that
 * breaks a rule is dropped.
 */
function browser(secure: boolean) {
  const kept = new Map<string, readonly [name: string, value: string]>()
  return {
    header: () => [...kept.values()].map(([name, value]) => `${name}=${value}`).join('; '),
    take(setCookies: readonly string[]) {
      for (const line of setCookies) {
        const [pair = '', ...attributes] = line.split('; ')
        const name = pair.slice(0, pair.indexOf('='))
        const has = (attribute: string) => attributes.includes(attribute)
        const domain = attributes.find((attribute) => attribute.startsWith('Domain='))
        const broken =
          pair.length > 4096 ||
          (has('Secure') && !secure) ||
          (has('SameSite=None') && !has('Secure')) ||
          (name.startsWith('__Secure-') && !has('Secure')) ||
          (name.startsWith('__Host-') && (!has('Secure') || !has('Path=/') || domain !== undefined))
        if (broken) continue
        const identity = `${name} ${domain ?? 'host only'} ${attributes.find((attribute) => attribute.startsWith('Path='))}`
        if (has('Max-Age=0')) kept.delete(identity)
        else kept.set(identity, [name, pair.slice(pair.indexOf('=') + 1)])
      }
    },
  }
}

function cookieFor(scope: Scope) {
  return createValueCookie(cookieName('s', scope), scope)
}

const cookie = createValueCookie('s', host)
const names = (jar: CollectingJar) => jar.setCookies().map((line) => line.slice(0, line.indexOf('=')))
const deleted = (jar: CollectingJar) =>
  jar
    .setCookies()
    .filter((line) => line.includes('Max-Age=0'))
    .map((line) => line.slice(0, line.indexOf('=')))

describe('createValueCookie', () => {
  it('writes, reads and clears one cookie', () => {
    const jar = collectingJar('other=1')
    expect(cookie.read(jar)).toBeUndefined()
    cookie.write(jar, 'value', 60)
    expect(jar.setCookies()).toEqual(['s=value; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax'])
    expect(cookie.read(collectingJar('other=1; s=value'))).toBe('value')
    const last = collectingJar('other=1; s=value')
    cookie.clear(last)
    expect(last.setCookies()).toEqual([
      's=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  it('clears nothing that the browser did not send', () => {
    const jar = collectingJar('other=1; s.8=x')
    cookie.clear(jar)
    expect(jar.setCookies()).toEqual([])
  })

  it('SEC-144 deletes stale chunks in the same response', () => {
    const jar = collectingJar('s.0=a; s.1=b; s.2=c; t.0=d')
    cookie.write(jar, 'short', 60)
    expect(deleted(jar)).toEqual(['s.0', 's.1', 's.2'])
    expect(names(jar)).toEqual(['s.0', 's.1', 's.2', 's'])
  })

  it('SEC-145 writes nothing at all of a value that is too large', () => {
    const jar = collectingJar('s=x')
    expect(() => cookie.write(jar, 'a'.repeat(20_000), 60)).toThrow(
      expect.objectContaining({ code: 'session_too_large' }),
    )
    expect(jar.setCookies()).toEqual([])
  })

  it('SEC-146 says when one of its names came twice', () => {
    expect(cookie.isDuplicated(collectingJar('s=a; s=b'))).toBe(true)
    expect(cookie.isDuplicated(collectingJar('s.0=a; s.1=b; s.1=c'))).toBe(true)
    expect(cookie.isDuplicated(collectingJar('s=a; t=b; t=c; s.8=x; s.8=y'))).toBe(false)
  })

  it('SEC-208 takes back what the same request has just written', () => {
    const jar = collectingJar('s=old')
    cookie.write(jar, 'a'.repeat(9000), 60)
    cookie.write(jar, 'a'.repeat(5000), 60)
    cookie.clear(jar)
    expect(deleted(jar).sort()).toEqual(['s', 's.0', 's.1', 's.2'])
    expect(names(jar).sort()).toEqual(['s', 's.0', 's.1', 's.2'])
  })

  it('measures the header the browser will send', () => {
    const { header, take } = browser(true)
    const jar = collectingJar('other=1; s=old; s.8=stays')
    take(['other=1; Path=/', 's=old; Path=/', 's.8=stays; Path=/'])
    for (const length of [1, 3000, 9000]) {
      const value = 'v'.repeat(length)
      const written = collectingJar(header())
      const announced = cookie.headerBytes(jar, value)
      cookie.write(written, value, 60)
      take(written.setCookies())
      expect(announced).toBe(header().length)
    }
  })
})

describe('a value in a browser', () => {
  const sizes = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 16_384 })), { minLength: 1, maxLength: 8 })

  it.each(configurations)(
    'F5 SEC-208 is the last one written or nothing, for any sequence of sizes: %s',
    (_label, scope) => {
      fc.assert(
        fc.property(sizes, (sequence) => {
          const { header, take } = browser(scope.secure)
          const own = cookieFor(scope)
          take([`other=1; Path=/`])
          for (const [index, size] of sequence.entries()) {
            const jar = collectingJar(header())
            const value = String.fromCharCode(0x61 + index).repeat(size)
            if (size === 0) own.clear(jar)
            else own.write(jar, value, 60)
            take(jar.setCookies())
            expect(own.read(collectingJar(header()))).toBe(size === 0 ? undefined : value)
          }
          const last = collectingJar(header())
          own.clear(last)
          take(last.setCookies())
          expect(header()).toBe('other=1')
        }),
        { numRuns: 100 },
      )
    },
  )
})

describe('a sealed value in chunks', () => {
  const context = { purpose: 'session', name: 's', issuer: 'https://auth.example', clientId: 'skc_1' }
  const sealer = createIronSealer({ secrets: ['0123-quite-long-and-fairly-random-4567'], context })
  const chunksOf = async (fill: string) => {
    const jar = collectingJar(null)
    cookie.write(jar, await sealer.seal({ fill: fill.repeat(7000) }, 60), 60)
    return jar.setCookies().map((line) => line.slice(line.indexOf('=') + 1, line.indexOf(';')))
  }
  const opened = async (chunks: readonly (string | undefined)[]) => {
    const header = chunks.map((chunk, index) => (chunk === undefined ? '' : `s.${index}=${chunk}`)).join('; ')
    const value = cookie.read(collectingJar(header))
    return value === undefined ? undefined : sealer.unseal(value)
  }

  it('SEC-141 opens whole, and not with a chunk missing, swapped, repeated, added or cut', async () => {
    const [a, b, c] = (await chunksOf('a')) as [string, string, string]
    expect(await opened([a, b, c])).toMatchObject({ current: true })
    const damaged = [
      [a, b],
      [b, c],
      [a, undefined, c],
      [undefined, a, b, c],
      [b, a, c],
      [a, c, b],
      [a, a, b, c],
      [a, b, c, c],
      [a, b, c, 'x'],
      [a.slice(1), b, c],
      [a, b.slice(0, -1), c],
      [a, b, c.slice(0, -1)],
    ]
    for (const chunks of damaged) expect(await opened(chunks)).toBeUndefined()
    // An empty chunk adds nothing: the seal is over the whole value, not over how it was cut.
    expect(await opened([a, b, c, ''])).toMatchObject({ current: true })
  })

  it('SEC-142 does not open when chunks of two sessions are mixed', async () => {
    const first = await chunksOf('a')
    const second = await chunksOf('b')
    expect(first.length).toBe(second.length)
    for (const index of first.keys()) {
      expect(
        await opened(first.map((chunk, position) => (position === index ? second[position] : chunk))),
      ).toBeUndefined()
    }
  })
})
