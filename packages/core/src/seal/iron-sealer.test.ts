import { createHmac, pbkdf2Sync } from 'node:crypto'
import fc from 'fast-check'
import { sealData } from 'iron-session'
import { describe, expect, it } from 'vitest'
import { createIronSealer } from './iron-sealer.js'
import type { SealContext } from './sealer.js'
import { sealingPassword } from './sealing-password.js'

const secret = 'kV1mZ0c5pXq8rT2uY7wB4nD9sF3gH6jL'
const olderSecret = 'Qe5tU8iO1pA4sD7fG0hJ3kL6zX9cV2bN'
const context: SealContext = {
  purpose: 'session',
  name: '__Host-scalegate',
  issuer: 'https://auth.example',
  clientId: 'skc_1',
}
const sealer = createIronSealer({ secrets: [secret], context })
const data = { user: 'usr_1', permissions: ['sk_org_users_read'] }

/** A seal in parts: prefix, id, salt, iv, ciphertext, expiry, salt, MAC, version. */
const partsOf = (sealed: string) =>
  sealed.split(/[*~]/) as [string, string, string, string, string, string, string, string, string]
const join = (parts: readonly string[]) => `${parts.slice(0, 8).join('*')}~${parts[8]}`
const withPart = (sealed: string, index: number, part: string) => join(partsOf(sealed).with(index, part))
/** What a holder of the password can seal with iron-session alone. */
const raw = async (value: unknown, ttl = 60, as: SealContext = context) =>
  sealData(value, { password: { 1: await sealingPassword(secret, as) }, ttl })

describe('createIronSealer', () => {
  it('opens what it sealed', async () => {
    expect(await sealer.unseal(await sealer.seal(data, 60))).toEqual({ data, current: true })
  })

  it('makes a new seal each time, in the alphabet of cookies', async () => {
    const seals = await Promise.all(Array.from({ length: 5 }, () => sealer.seal(data, 60)))
    expect(new Set(seals).size).toBe(5)
    for (const sealed of seals) expect(sealed).toMatch(/^[\w.~*-]+$/)
  })

  it('SEC-129 opens with no bit flipped, at any position', async () => {
    const sealed = await sealer.seal({ a: 1 }, 60)
    const flipped = Array.from(sealed).flatMap((character, index) =>
      Array.from(
        { length: 8 },
        (_, bit) =>
          sealed.slice(0, index) + String.fromCharCode(character.charCodeAt(0) ^ (1 << bit)) + sealed.slice(index + 1),
      ),
    )
    expect(flipped).toHaveLength(sealed.length * 8)
    for (const candidate of flipped) expect(await sealer.unseal(candidate)).toBeUndefined()
  })

  it('SEC-130 opens at no shorter length', async () => {
    const sealed = await sealer.seal({ a: 1 }, 60)
    for (let length = 0; length < sealed.length; length++)
      expect(await sealer.unseal(sealed.slice(0, length))).toBeUndefined()
  })

  it.each([
    ['a MAC of 4 bytes', 7, (part: string) => part.slice(0, 6)],
    ['a MAC of 8 bytes', 7, (part: string) => part.slice(0, 11)],
    ['a MAC of 12 bytes', 7, (part: string) => part.slice(0, 16)],
    ['no MAC', 7, () => ''],
    ['a MAC of zeros', 7, () => 'A'.repeat(43)],
    ['no IV', 3, () => ''],
    ['an IV of 8 bytes', 3, (part: string) => part.slice(0, 11)],
    ['an IV of zeros', 3, () => 'A'.repeat(22)],
    ['no salt', 2, () => ''],
    ['no MAC salt', 6, () => ''],
    ['no ciphertext', 4, () => ''],
  ])('SEC-131 refuses %s', async (_label, index, change) => {
    const sealed = await sealer.seal(data, 60)
    expect(await sealer.unseal(withPart(sealed, index, change(partsOf(sealed)[index as 0])))).toBeUndefined()
  })

  it.each([
    '',
    '0',
    '2',
    '01',
    'default',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'x'.repeat(1_000_000),
  ])('SEC-132 refuses the password id %.20s without throwing', async (id) => {
    expect(await sealer.unseal(withPart(await sealer.seal(data, 60), 1, id))).toBeUndefined()
  })

  it('SEC-132 refuses a seal of another secret', async () => {
    const other = createIronSealer({ secrets: [olderSecret], context })
    expect(await sealer.unseal(await other.seal(data, 60))).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['a word', 'session'],
    ['JSON', '{"user":"usr_1"}'],
    ['separators', '*'.repeat(7)],
    ['a JWT', 'eyJhbGciOiJub25lIn0.e30.'],
    ['quotes', '"Fe26.2*1*"'],
    ['a space', ' '],
    ['NUL', '\u0000'],
    ['non-ASCII', '\u00e9\ud800'],
    ['16 KB', 'a'.repeat(16_385)],
  ])('SEC-148 refuses %s', async (_label, sealed) => {
    expect(await sealer.unseal(sealed)).toBeUndefined()
  })

  it('SEC-132 refuses what is authentic but not an envelope: no member of an envelope, another shape, null, a list', async () => {
    for (const value of [
      data,
      {},
      null,
      [],
      'x',
      7,
      { data },
      { expiresAt: 9_999_999_999 },
      { data, expiresAt: '9999999999' },
    ]) {
      expect(await sealer.unseal(await raw(value))).toBeUndefined()
    }
    expect(await sealer.unseal(await raw({ data, expiresAt: 9_999_999_999 }))).toEqual({ data, current: true })
  })

  it('SEC-132 refuses what is authentic and cannot be decrypted, without throwing', async () => {
    const password = await sealingPassword(secret, context)
    const salt = 'a'.repeat(64)
    const macBase = ['Fe26.2', '1', salt, 'A'.repeat(22), 'A'.repeat(43), String(Date.now() + 60_000)].join('*')
    const key = pbkdf2Sync(password, salt, 1, 32, 'sha1')
    const mac = createHmac('sha256', key).update(macBase).digest('base64url')
    expect(await sealer.unseal(`${macBase}*${salt}*${mac}~2`)).toBeUndefined()
  })

  it('SEC-133 SEC-134 opens under an older secret, says so, and does not once it is retired', async () => {
    const sealed = await createIronSealer({ secrets: [olderSecret], context }).seal(data, 60)
    const rotated = createIronSealer({ secrets: [secret, olderSecret], context })
    expect(await rotated.unseal(sealed)).toEqual({ data, current: false })
    expect(await rotated.unseal(await rotated.seal(data, 60))).toEqual({ data, current: true })
    expect(await sealer.unseal(await rotated.seal(data, 60))).toEqual({ data, current: true })
    expect(await sealer.unseal(sealed)).toBeUndefined()
  })

  it.each<[string, Partial<SealContext>]>([
    ['SEC-136 another purpose', { purpose: 'transaction' }],
    ['SEC-137 another cookie name', { name: 'scalegate' }],
    ['SEC-016 SEC-137 another issuer', { issuer: 'https://other.example' }],
    ['SEC-016 SEC-137 another client', { clientId: 'skc_2' }],
  ])('%s does not open, with the same secret', async (_label, other) => {
    const foreign = createIronSealer({ secrets: [secret], context: { ...context, ...other } })
    expect(await foreign.unseal(await sealer.seal(data, 60))).toBeUndefined()
    expect(await sealer.unseal(await foreign.seal(data, 60))).toBeUndefined()
  })

  it('SEC-138 expires inside the seal to the second, whatever its outside says', async () => {
    const clock = { now: 1_800_000_000 }
    const timed = createIronSealer({ secrets: [secret], context, clock: () => clock.now })
    const sealed = await timed.seal(data, 60)
    clock.now += 59
    expect(await timed.unseal(sealed)).toEqual({ data, current: true })
    clock.now += 1
    expect(await timed.unseal(sealed)).toBeUndefined()
    expect(await timed.unseal(withPart(sealed, 5, '9999999999999'))).toBeUndefined()
    clock.now -= 60
    expect(await timed.unseal(withPart(sealed, 5, '9999999999999'))).toBeUndefined()
  })

  it('SEC-138 refuses a seal without an expiry, and one whose expiry is no number', async () => {
    expect(await sealer.unseal(await raw({ data, expiresAt: 9_999_999_999 }, 0))).toBeUndefined()
    const sealed = await sealer.seal(data, 60)
    for (const expiry of ['', 'soon', '1e99', '-1', '99999999999999999'])
      expect(await sealer.unseal(withPart(sealed, 5, expiry))).toBeUndefined()
  })

  it('SEC-138 tells iron the same lifetime', async () => {
    const before = Date.now()
    const expiry = Number(partsOf(await sealer.seal(data, 60))[5])
    expect(expiry).toBeGreaterThanOrEqual(before + 60_000)
    expect(expiry).toBeLessThanOrEqual(Date.now() + 60_000)
  })

  it('SEC-138 lets iron expire it too, where the clock of the kit stands still', async () => {
    const still = createIronSealer({ secrets: [secret], context, clock: () => 0 })
    const expired = await raw({ data, expiresAt: 1 }, -61)
    expect(await still.unseal(expired)).toBeUndefined()
    expect(await still.unseal(await raw({ data, expiresAt: 1 }, 60))).toEqual({ data, current: true })
  })

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 4_000_000_000])(
    'SEC-138 makes no seal that lives %d seconds',
    async (lifetime) => {
      await expect(sealer.seal(data, lifetime)).rejects.toThrow(TypeError)
    },
  )

  it.each([
    ['stripped', (sealed: string) => sealed.slice(0, -2)],
    ['older', (sealed: string) => sealed.replace(/~2$/, '~1')],
    ['newer', (sealed: string) => sealed.replace(/~2$/, '~3')],
    ['twice', (sealed: string) => `${sealed}~2`],
    ['followed by a line break', (sealed: string) => `${sealed}\n`],
    ['another format', (sealed: string) => sealed.replace('Fe26.2', 'Fe26.1')],
  ])('SEC-139 refuses a version %s', async (_label, change) => {
    expect(await sealer.unseal(change(await sealer.seal(data, 60)))).toBeUndefined()
  })

  it('SEC-139 does not read an authentic seal in the older way that its version was stripped for', async () => {
    const sealed = await raw({ persistent: { data, expiresAt: 9_999_999_999 } })
    expect(await sealer.unseal(sealed.slice(0, -2))).toBeUndefined()
  })

  it('SEC-145 throws a typed error for what would not be opened again', async () => {
    const small = createIronSealer({ secrets: [secret], context, maxLength: 400 })
    await expect(small.seal({ text: 'a'.repeat(400) }, 60)).rejects.toMatchObject({
      code: 'session_too_large',
      status: 500,
    })
    expect(await small.unseal(await small.seal({ a: 1 }, 60))).toBeDefined()
    expect(await small.unseal(await sealer.seal({ text: 'a'.repeat(400) }, 60))).toBeUndefined()
  })

  it('SEC-154 brings member names of prototypes back as plain data', async () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    const unsealed = await sealer.unseal(await sealer.seal(hostile, 60))
    expect(JSON.stringify(unsealed?.data)).toBe(JSON.stringify(hostile))
    expect('polluted' in {}).toBe(false)
  })

  it('needs a secret', () => {
    expect(() => createIronSealer({ secrets: [], context })).toThrow(TypeError)
  })
})

describe('createIronSealer, for every value', () => {
  const json = fc
    .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown)

  it('F3 opens to what was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (value) => {
        expect(await sealer.unseal(await sealer.seal(value, 60))).toEqual({ data: value, current: true })
      }),
      { numRuns: 60 },
    )
  })

  it('F3 opens to nothing after any change, and never throws', async () => {
    const sealed = await sealer.seal(data, 60)
    const alphabet = fc.constantFrom(...'ABCabc019_-*~. "%\u0000\u00e9')
    const edits = fc.array(fc.tuple(fc.nat(sealed.length), fc.nat(3), fc.string({ unit: alphabet, maxLength: 3 })), {
      minLength: 1,
      maxLength: 3,
    })
    await fc.assert(
      fc.asyncProperty(edits, async (changes) => {
        const changed = changes.reduce(
          (text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length),
          sealed,
        )
        fc.pre(changed !== sealed)
        expect(await sealer.unseal(changed)).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })

  it('F3 takes any text for what it is: no seal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        expect(await sealer.unseal(text)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it('F4 opens under no other context, however the parts are cut', async () => {
    // Few characters, so that parts of two contexts often join to the same text.
    const part = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '"', ',', '\\', '*'), maxLength: 4 })
    const contexts = fc.record({ purpose: part, name: part, issuer: part, clientId: part })
    await fc.assert(
      fc.asyncProperty(contexts, contexts, async (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        const sealed = await createIronSealer({ secrets: [secret], context: one }).seal(data, 60)
        expect(await createIronSealer({ secrets: [secret], context: other }).unseal(sealed)).toBeUndefined()
        expect(await createIronSealer({ secrets: [secret], context: one }).unseal(sealed)).toEqual({
          data,
          current: true,
        })
      }),
      { numRuns: 60 },
    )
  })
})
