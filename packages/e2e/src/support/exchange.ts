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
    const call = request(url, { method, headers: Object.fromEntries(headers), agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const received = new Headers()
        for (let i = 0; i < response.rawHeaders.length; i += 2)
          received.append(response.rawHeaders[i]!, response.rawHeaders[i + 1]!)
        resolve({
          status: response.statusCode ?? 0,
          headers: received,
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    call.on('error', reject)
    call.end(body)
  })
}
