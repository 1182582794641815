import { request } from 'node:http'

/** One HTTP answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** `node:http` and not `fetch`: Node's fetch puts its own `Sec-Fetch-Mode: cors` over ours. */
export function exchange(url: string, method: string, headers: Headers, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: Object.fromEntries(headers), agent: false, timeout: 15_000 }
    const call = request(url, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const received = new Headers()
        const { rawHeaders } = response
        for (let at = 0; at < rawHeaders.length; at += 2)
          received.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
        resolve({
          status: response.statusCode ?? 0,
          headers: received,
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    call.on('timeout', () => call.destroy(new Error(`No answer to ${method} ${new URL(url).pathname} in 15 seconds`)))
    call.on('error', reject)
    call.end(body)
  })
}
