import { createServer, request } from 'node:http'

export interface RunningProxy {
  readonly close: () => Promise<void>
}

/** A reverse proxy that serves `prefix` on `port` and passes the rest of each path on to `target`, a port of this machine. */
export async function startStrippingProxy(port: number, prefix: string, target: number): Promise<RunningProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming
    if (url !== prefix && !url.startsWith(`${prefix}/`)) return void outgoing.writeHead(404).end('not of this proxy')
    const path = url.slice(prefix.length) || '/'
    const forwarded = {
      ...headers,
      host: `127.0.0.1:${target}`,
      'x-forwarded-host': headers.host ?? '',
      'x-forwarded-proto': 'http',
      'x-forwarded-prefix': prefix,
    }
    const call = request(
      { host: '127.0.0.1', port: target, method, path, headers: forwarded, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(outgoing)
      },
    )
    call.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()))
    incoming.pipe(call)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
