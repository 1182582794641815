import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { askPortalLink } from './portal-link.js'

const env = 'https://acme.scalekit.com'
const link = `${env}/magicLink/5f0c`
const good = { location: link, expiresAt: '2026-01-01T00:00:00Z', environment: env }

let server: Server
let address: string
let answer: { status: number; body: string }
let asked: { method?: string | undefined; headers: IncomingMessage['headers']; body: string }

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked = { method: request.method, headers: request.headers, body }
    response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth/admin-portal`
})
afterAll(() => server.close())
beforeEach(() => {
  answer = { status: 200, body: JSON.stringify(good) }
})

const ask = (features: readonly string[] = [], environment?: string) =>
  askPortalLink({ address, features, environment }, AbortSignal.timeout(5000))

describe('askPortalLink', () => {
  it('posts the features as JSON', async () => {
    await ask(['sso', 'dir_sync'])
    expect(asked).toMatchObject({ method: 'POST', body: '{"features":["sso","dir_sync"]}' })
    expect(asked.headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' })
  })

  it('posts an empty object where no feature is named', async () => {
    await ask()
    expect(asked).toMatchObject({ method: 'POST', body: '{}' })
    expect(asked.headers).toHaveProperty('content-type', 'application/json')
  })

  it('gives the link, the origin to listen to, and the organization where the server tells it', async () => {
    expect(await ask()).toEqual({ location: link, origin: env, organizationId: undefined })
    answer.body = JSON.stringify({ ...good, environment: `${env}/`, organizationId: 'org_acme' })
    expect(await ask([], env)).toEqual({ location: link, origin: env, organizationId: 'org_acme' })
  })

  it.each([
    ['elsewhere', 'https://evil.test/magicLink/5f0c'],
    ['a name that begins so', `${env}.evil.test/magicLink/5f0c`],
    ['another port', `${env}:8443/magicLink/5f0c`],
    ['http', 'http://acme.scalekit.com/magicLink/5f0c'],
    ['a name before the host', 'https://ada@acme.scalekit.com/magicLink/5f0c'],
    ['a script', 'javascript:alert(1)//5f0c'],
    ['data', 'data:text/html,5f0c'],
  ])('SEC-316 refuses a location that is %s, and does not repeat it', async (_, location) => {
    answer.body = JSON.stringify({ ...good, location })
    const error = await ask().catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'location_refused' })
    expect(String(error)).not.toContain('5f0c')
  })

  it('refuses another environment than the page says', async () => {
    await expect(ask([], 'https://other.scalekit.com')).rejects.toMatchObject({ code: 'location_refused' })
  })

  it('SEC-321 refuses a portal of the page’s own origin, which could take its sandbox off', async () => {
    const { origin } = new URL(address)
    answer.body = JSON.stringify({ ...good, location: `${origin}/magicLink/5f0c`, environment: origin })
    await expect(ask()).rejects.toMatchObject({ code: 'location_refused' })
  })

  it.each([
    ['a page', '<!doctype html>'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no location', JSON.stringify({ ...good, location: undefined })],
    ['a location that is a list', JSON.stringify({ ...good, location: [link] })],
    ['no environment', JSON.stringify({ ...good, environment: undefined })],
    ['an environment with a wildcard', JSON.stringify({ ...good, environment: 'https://*.scalekit.com' })],
    ['a path', JSON.stringify({ ...good, location: '/magicLink/5f0c' })],
  ])('takes no link out of %s', async (_, body) => {
    answer.body = body
    await expect(ask()).rejects.toMatchObject({ code: 'link_invalid' })
  })

  it('tells the status and the code of a refusal, but no text of it', async () => {
    answer = { status: 403, body: JSON.stringify({ code: 'forbidden', title: 'for Ada only' }) }
    const error = await ask().catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'link_refused', status: 403, problem: 'forbidden' })
    expect(String(error)).not.toContain('Ada')
  })

  it.each(['<b>', `${'x'.repeat(65)}`, 7, null])('ignores a code of a refusal that is %s', async (code) => {
    answer = { status: 500, body: JSON.stringify({ code }) }
    await expect(ask()).rejects.toMatchObject({ code: 'link_refused', status: 500, problem: undefined })
  })

  it('says so where nobody answers', async () => {
    const nobody = { address: 'http://127.0.0.1:1/', features: [], environment: undefined }
    await expect(askPortalLink(nobody, AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'link_unavailable' })
  })
})
