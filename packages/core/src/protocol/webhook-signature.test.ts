import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Sending, signature, signedHeaders, webhookSecret } from '../test/webhook-sender.js'
import { verifyWebhookSignature } from './webhook-signature.js'

const now = 1_800_000_000
const body = '{"type":"user.logout"}'
const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
const bytes = (text: string) => new TextEncoder().encode(text)
const valid = await signature({ id: 'msg_1', timestamp: now, body })
const wrong = `v1,${Buffer.alloc(32, 1).toString('base64')}`

const verify = async (
  headers: Headers | Promise<Headers>,
  sent: string | Uint8Array = body,
  secrets: readonly string[] = [webhookSecret],
) => verifyWebhookSignature(await headers, typeof sent === 'string' ? bytes(sent) : sent, { secrets, now })
const headersOf = (sending: Sending = {}) => signedHeaders(body, { timestamp: now, ...sending })
const withSignatures = (...signatures: readonly string[]) =>
  headersOf({ headers: { 'webhook-signature': signatures.join(' ') } })

const verified = { status: 'verified', deliveryId: 'msg_1', sentAt: now }
const refused = (reason: string, code = 'signature_invalid') => ({ status: 'refused', code, reason })

describe('verifyWebhookSignature', () => {
  it('takes what Scalekit signs', async () => {
    expect(await verify(headersOf())).toEqual(verified)
  })

  it('takes the vector of the Standard Webhooks reference library', async () => {
    const headers = new Headers({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
    const verdict = await verifyWebhookSignature(headers, bytes('{"test": 2432232314}'), {
      secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      now: 1_614_265_330,
    })
    expect(verdict).toEqual({ status: 'verified', deliveryId: 'msg_p5jXN8AQM9LWM0D4loKWxJek', sentAt: 1_614_265_330 })
  })

  it('SEC-258 reads names in any case', async () => {
    const headers = new Headers()
    for (const [name, value] of await headersOf()) headers.set(name.toUpperCase(), value)
    expect(await verify(headers)).toEqual(verified)
  })

  it.each([
    ['webhook-id', 'id'],
    ['webhook-timestamp', 'timestamp'],
    ['webhook-signature', 'signature'],
  ])('SEC-258 %s missing, empty or twice', async (name, reason) => {
    expect(await verify(headersOf({ headers: { [name]: undefined } }))).toEqual(refused(reason))
    expect(await verify(headersOf({ headers: { [name]: '' } }))).toEqual(refused(reason))
    const twice = await headersOf()
    twice.append(name, twice.get(name)!)
    expect(await verify(twice)).toEqual(refused(reason))
    const withEmpty = await headersOf()
    withEmpty.append(name, '')
    expect(await verify(withEmpty)).toEqual(refused(reason))
  })

  it.each([
    ['a version without signature', 'v1,'],
    ['a version alone', 'v1'],
    ['another separator', `v1;${valid.slice(3)}`],
    ['another version', `v2,${valid.slice(3)}`],
    ['the asymmetric version', `v1a,${valid.slice(3)}`],
    ['no version', valid.slice(2)],
    ['a capital version', valid.replace('v1', 'V1')],
    ['one character less', `${valid.slice(0, -2)}=`],
    ['no padding', valid.slice(0, -1)],
    ['more padding', `${valid}=`],
    ['another spelling of the last bits', `${valid.slice(0, -2)}${nextLetter(valid.at(-2)!)}=`],
    ['base64url', `v1,${Buffer.from(valid.slice(3), 'base64').toString('base64url')}=`],
    ['a further part', `${valid},x`],
    ['a tab before', `\t${valid}x`],
    ['another signature', wrong],
  ])('SEC-259 %s is no signature, and the next one is still tried', async (_label, entry) => {
    expect(await verify(withSignatures(entry))).toEqual(refused('signature'))
    expect(await verify(withSignatures(entry, valid))).toEqual(verified)
    expect(await verify(withSignatures(entry, wrong))).toEqual(refused('signature'))
  })

  it('SEC-259 looks at 16 signatures', async () => {
    expect(await verify(withSignatures(...Array(15).fill(wrong), valid))).toEqual(verified)
    expect(await verify(withSignatures(...Array(16).fill(wrong), valid))).toEqual(refused('signature'))
    expect(await verify(withSignatures(...Array(10_000).fill('v1,x')))).toEqual(refused('signature'))
  })

  it('SEC-260 a valid signature may stand last', async () => {
    expect(await verify(withSignatures(wrong, 'v1,AAAA', valid))).toEqual(verified)
  })

  it.each([-300, -299, 0, 299, 300])('SEC-261 a timestamp %i seconds away', async (away) => {
    expect(await verify(headersOf({ timestamp: now + away }))).toEqual({ ...verified, sentAt: now + away })
  })

  it.each([-301, 301, -86_400, 86_400])('SEC-261 refuses a timestamp %i seconds away', async (away) => {
    expect(await verify(headersOf({ timestamp: now + away }))).toEqual(refused('age', 'timestamp_out_of_range'))
  })

  it.each(['-1', `${now}.0`, '1e9', '0x6B49D200', `${now} 1`, `+${now}`, '1'.repeat(20), `${now}000`, `${now}junk`])(
    'SEC-261 refuses the timestamp %s however it is signed',
    async (timestamp) => {
      expect(await verify(headersOf({ timestamp }))).toEqual(refused('timestamp'))
    },
  )

  it.each(['a.b', 'a b', 'a,b', 'a/b', 'a:b', 'ü', 'a\u0001', 'a'.repeat(256), 'a'.repeat(10_240)])(
    'SEC-262 refuses the id %j however it is signed',
    async (id) => {
      expect(await verify(headersOf({ id }))).toEqual(refused('id'))
    },
  )

  it('SEC-262 takes an id of 255 characters', async () => {
    const id = 'aZ0_-'.repeat(51)
    expect(await verify(headersOf({ id }))).toEqual({ ...verified, deliveryId: id })
  })

  it('SEC-263 refuses a boundary that moved: the signed text is the same', async () => {
    const moved = async (id: string, timestamp: string) =>
      headersOf({
        id,
        headers: { 'webhook-timestamp': timestamp, 'webhook-signature': await signature({ id, timestamp, body }) },
      })
    expect(await verify(moved('msg.1', String(now)))).toEqual(refused('id'))
    expect(await verify(moved('msg', `1.${now}`))).toEqual(refused('timestamp'))
  })

  it.each(['{ "type":"user.logout"}', '{"type":"user\\u002elogout"}', '{"type":"user.logout"}\n', ''])(
    'SEC-264 refuses the same JSON in other bytes: %j',
    async (sent) => {
      expect(await verify(headersOf(), sent)).toEqual(refused('signature'))
    },
  )

  it('SEC-265 tells bytes apart that decode to the same text', async () => {
    const [one, two] = [new Uint8Array([0x22, 0xff, 0x22]), new Uint8Array([0x22, 0xfe, 0x22])]
    const headers = signedHeaders(one, { timestamp: now })
    expect([await verify(headers, one), await verify(headers, two)]).toEqual([verified, refused('signature')])
  })

  it('SEC-274 either of two secrets verifies, and no third', async () => {
    const headers = headersOf({ secret: other })
    expect(await verify(headers, body, [webhookSecret, other])).toEqual(verified)
    expect(await verify(headersOf(), body, [webhookSecret, other])).toEqual(verified)
    expect(await verify(headers)).toEqual(refused('signature'))
    expect(await verify(headersOf(), body, [])).toEqual(refused('signature'))
  })

  it.each(['svix', 'interceptor'])('SEC-275 does not read %s-* headers', async (prefix) => {
    const headers = new Headers()
    for (const [name, value] of await headersOf()) headers.set(name.replace('webhook-', `${prefix}-`), value)
    expect(await verify(headers)).toEqual(refused('id'))
  })

  it('SEC-273 never verifies with an empty key', async () => {
    await expect(verify(headersOf(), body, ['whsec_'])).rejects.toThrow(TypeError)
  })

  it('SEC-277 signs with each secret and compares with each signature, wherever the right one is', async () => {
    const counted = async (signed: Promise<Headers>) => {
      const headers = await signed
      const real = crypto.subtle.sign
      let calls = 0
      crypto.subtle.sign = ((...parameters: Parameters<typeof real>) => {
        calls += 1
        return real.apply(crypto.subtle, parameters)
      }) as typeof real
      try {
        await verify(headers, body, [webhookSecret, other])
        return calls
      } finally {
        crypto.subtle.sign = real
      }
    }
    expect(await counted(withSignatures(valid, wrong))).toBe(2)
    expect(await counted(withSignatures(wrong, wrong))).toBe(2)
  })

  it('agrees with node:crypto on whatever is signed, and with nothing that was changed afterwards', async () => {
    const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,255}$/)
    await fc.assert(
      fc.asyncProperty(
        id,
        fc.uint8Array(),
        fc.integer({ min: -300, max: 300 }),
        fc.nat(),
        async (id, sent, away, at) => {
          const timestamp = now + away
          const mac = createHmac('sha256', Buffer.from(webhookSecret.slice('whsec_'.length), 'base64'))
          const signed = mac.update(`${id}.${timestamp}.`).update(sent).digest('base64')
          const headers = headersOf({ id, timestamp, headers: { 'webhook-signature': `v1,${signed}` } })
          expect(await verify(headers, sent)).toEqual({ status: 'verified', deliveryId: id, sentAt: timestamp })
          const changed = Uint8Array.from([...sent, 0])
          if (sent.length > 0) changed[at % sent.length]! ^= 1
          expect(await verify(headers, changed)).toEqual(refused('signature'))
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** Base64 has 64 letters; the neighbour of the last one differs in bits that no byte uses. */
function nextLetter(letter: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return letters[letters.indexOf(letter) + 1]!
}
