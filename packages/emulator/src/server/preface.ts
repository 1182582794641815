import type { Socket } from 'node:net'

/** No method of HTTP/1 starts like the first line of HTTP/2's connection preface, `PRI * HTTP/2.0` (RFC 9113 §3.4). */
const PREFACE = Buffer.from('PRI')
/** Milliseconds that a connection may stay silent; browsers open some ahead, and close them themselves. */
const PATIENCE = 60_000

/**
 * Tells which HTTP a new connection speaks, by its first bytes, which are left in place for whoever serves it.
 * A connection that ends or stays silent before that is closed, and nobody is called.
 */
export function onProtocol(socket: Socket, serve: (protocol: 'http1' | 'http2') => void): void {
  const end = () => socket.destroy()
  let head = Buffer.alloc(0)
  const look = () => {
    // Taken out and put back: a stream has no way to look without taking. Put back before there is enough, it would
    // be found again at once, and again.
    const chunk: Buffer | null = socket.read()
    if (chunk === null) return
    head = Buffer.concat([head, chunk])
    const size = Math.min(head.length, PREFACE.length)
    const isPreface = head.subarray(0, size).equals(PREFACE.subarray(0, size))
    if (isPreface && size < PREFACE.length) return
    socket.off('readable', look).off('end', end).off('error', end)
    clearTimeout(silence)
    socket.unshift(head)
    serve(isPreface ? 'http2' : 'http1')
  }
  const silence = setTimeout(end, PATIENCE)
  socket.once('close', () => clearTimeout(silence))
  socket.on('readable', look).once('end', end).once('error', end)
}
