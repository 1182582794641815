import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readForm } from './read-form.js'

const address = 'https://app.example/auth/backchannel-logout'
const formType = 'application/x-www-form-urlencoded'
const post = (body: BodyInit | null, headers: Record<string, string> = { 'Content-Type': formType }) =>
  new Request(address, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
const bytes = (...values: number[]) => new Uint8Array(values)

/** Pieces on demand; says how many were taken and whether the reader gave up on it. */
function stream(pieces: Iterable<Uint8Array>) {
  const seen = { taken: 0, cancelled: false }
  const iterator = pieces[Symbol.iterator]()
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const { done, value } = iterator.next()
        if (done) return controller.close()
        seen.taken++
        controller.enqueue(value)
      },
      cancel() {
        seen.cancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, seen }
}

function* endless(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(1024).fill(0x61)
}

describe('readForm', () => {
  it.each([
    ['accepts a form', formType],
    ['SEC-212 accepts a charset', `${formType}; charset=utf-8`],
    ['SEC-212 accepts another case', 'Application/X-WWW-Form-URLEncoded;Charset=UTF-8'],
    ['SEC-212 accepts space before the parameter', `${formType} ; a=b`],
  ])('%s', async (_label, type) => {
    const form = await readForm(post('logout_token=a.b.c&x=%2B+%C3%BC', { 'Content-Type': type }), 1024)
    expect([...form]).toEqual([
      ['logout_token', 'a.b.c'],
      ['x', '+ \u00fc'],
    ])
  })

  it('keeps repeated names apart', async () => {
    const form = await readForm(post('a=1&a=2'), 1024)
    expect(form.getAll('a')).toEqual(['1', '2'])
  })

  it('SEC-213 reads what is left of a request without a body: nothing', async () => {
    expect([...(await readForm(post(null), 1024))]).toEqual([])
  })

  it('SEC-213 says that a body parser was faster', async () => {
    const request = post('a=b')
    await request.text()
    await expect(readForm(request, 1024)).rejects.toMatchObject({ code: 'body_already_read', status: 500 })
  })

  it.each([
    ['JSON', 'application/json'],
    ['text', 'text/plain'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['two types', `${formType}, text/plain`],
    ['a longer name', `${formType}x`],
    ['an empty type', ''],
  ])('SEC-212 refuses %s', async (_label, type) => {
    await expect(readForm(post('a=b', { 'Content-Type': type }), 1024)).rejects.toMatchObject({
      code: 'unsupported_media_type',
      status: 415,
    })
  })

  it('SEC-212 refuses a missing type', async () => {
    const request = post(bytes(0x61), {})
    expect(request.headers.get('content-type')).toBeNull()
    await expect(readForm(request, 1024)).rejects.toMatchObject({ code: 'unsupported_media_type', status: 415 })
  })

  it('SEC-214 takes exactly the limit and not a byte more', async () => {
    expect((await readForm(post(`a=${'b'.repeat(1022)}`), 1024)).get('a')).toHaveLength(1022)
    await expect(readForm(post(`a=${'b'.repeat(1023)}`), 1024)).rejects.toMatchObject({
      code: 'payload_too_large',
      status: 413,
    })
  })

  it('SEC-214 gives up on an endless body at the limit and cancels it', async () => {
    const { body, seen } = stream(endless())
    await expect(readForm(post(body), 32_768)).rejects.toMatchObject({ code: 'payload_too_large', status: 413 })
    expect(seen).toEqual({ taken: 33, cancelled: true })
  })

  it('SEC-214 believes no Content-Length that is too small, and reads nothing where it is too large', async () => {
    const small = stream(endless())
    const lying = post(small.body, { 'Content-Type': formType, 'Content-Length': '10' })
    await expect(readForm(lying, 4096)).rejects.toMatchObject({ code: 'payload_too_large' })
    const large = stream(endless())
    const honest = post(large.body, { 'Content-Type': formType, 'Content-Length': '99999' })
    await expect(readForm(honest, 4096)).rejects.toMatchObject({ code: 'payload_too_large' })
    expect(large.seen.taken).toBe(0)
  })

  it.each(['gzip', 'br', 'identity', 'gzip, gzip'])(
    'SEC-214 unpacks nothing: Content-Encoding %s is refused unread',
    async (encoding) => {
      const { body, seen } = stream(endless())
      const request = post(body, { 'Content-Type': formType, 'Content-Encoding': encoding })
      await expect(readForm(request, 1024)).rejects.toMatchObject({ code: 'unsupported_media_type', status: 415 })
      expect(seen.taken).toBe(0)
    },
  )

  it.each([
    ['a lone byte', [bytes(0x61, 0x3d, 0xff)]],
    ['an overlong slash', [bytes(0x61, 0x3d, 0xc0, 0xaf)]],
    ['a character cut off', [bytes(0x61, 0x3d, 0xc3)]],
    ['a surrogate', [bytes(0x61, 0x3d, 0xed, 0xa0, 0x80)]],
  ])('SEC-214 refuses bytes that are not UTF-8: %s', async (_label, pieces) => {
    await expect(readForm(post(stream(pieces).body), 1024)).rejects.toMatchObject({ code: 'body_unreadable' })
  })

  it('joins a character that two pieces share', async () => {
    const form = await readForm(post(stream([bytes(0x61, 0x3d, 0xc3), bytes(0xbc)]).body), 1024)
    expect(form.get('a')).toBe('\u00fc')
  })

  it('SEC-214 refuses a body that breaks off on the socket, without an error of its own', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    try {
      const outcome = new Promise<unknown>((resolve) => {
        server.once('request', (incoming: IncomingMessage) => {
          readForm(post(Readable.toWeb(incoming) as ReadableStream<Uint8Array>), 1024).then(resolve, resolve)
          socket.destroy()
        })
      })
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${formType}\r\nContent-Length: 100\r\n\r\na=b`)
      expect(await outcome).toMatchObject({ code: 'body_unreadable', status: 400 })
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
