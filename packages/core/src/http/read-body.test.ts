import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBody } from './read-body.js'

const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request('https://app.example/auth/webhooks', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...pieces]
  return new ReadableStream(
    {
      pull(controller) {
        const next = left.shift()
        if (next === undefined) return controller.close()
        controller.enqueue(next)
      },
    },
    { highWaterMark: 0 },
  )
}

// What it shares with forms (limits, cancellation, sockets that break off) is tested with them.
describe('readBody', () => {
  it('SEC-264 gives the bytes as they came, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1 })), async (pieces) => {
        const bytes = await readBody(post(streamOf(pieces)), 10_000)
        expect([...bytes]).toEqual(pieces.flatMap((piece) => [...piece]))
      }),
      { numRuns: 100 },
    )
  })

  it('SEC-265 decodes nothing', async () => {
    expect([...(await readBody(post(new Uint8Array([0xef, 0xbb, 0xbf, 0xff])), 10))]).toEqual([0xef, 0xbb, 0xbf, 0xff])
  })

  it('SEC-267 takes exactly the limit and not a byte more, whatever Content-Length says', async () => {
    expect(await readBody(post(streamOf([new Uint8Array(8), new Uint8Array(2)])), 10)).toHaveLength(10)
    const lying = post(streamOf([new Uint8Array(8), new Uint8Array(3)]), { 'content-length': '3' })
    await expect(readBody(lying, 10)).rejects.toMatchObject({ code: 'payload_too_large' })
    await expect(readBody(post('', { 'content-length': '11' }), 10)).rejects.toMatchObject({
      code: 'payload_too_large',
    })
  })

  it('is empty where there is none', async () => {
    expect(await readBody(post(null), 10)).toHaveLength(0)
  })

  it('SEC-264 says that a body parser was faster', async () => {
    const request = post('{}')
    await request.json()
    await expect(readBody(request, 10)).rejects.toMatchObject({ code: 'body_already_read', status: 500 })
  })

  it.each(['gzip', 'identity'])('SEC-267 unpacks nothing: %s', async (encoding) => {
    await expect(readBody(post('{}', { 'content-encoding': encoding }), 10)).rejects.toMatchObject({
      code: 'unsupported_media_type',
    })
  })
})
