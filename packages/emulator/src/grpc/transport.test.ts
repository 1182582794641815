import { connect, constants } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, FaultInput } from '../index.js'
import { organizations, people, startBuilt } from '../test/emulator.js'
import { framed, http2Request, officialSdk, rawConnection, thrown } from '../test/grpc.js'
import { managementToken } from '../test/login.js'

const SERVICE = '/scalekit.v1.organizations.OrganizationService'
const getOrganization = { ':path': `${SERVICE}/GetOrganization` }

let emulator: Emulator
beforeAll(async () => {
  emulator = await startBuilt()
})
afterAll(() => emulator.stop())
beforeEach(() => emulator.control.reset())

const port = () => Number(new URL(emulator.url).port)

describe('gRPC and HTTP/1 on one port', () => {
  it('answers the SDK, which gets its token only after a first refusal, and logs all of it', async () => {
    const { organization } = await officialSdk(emulator).organization.getOrganization(organizations.acme)
    expect(organization).toMatchObject({ id: organizations.acme, displayName: 'Acme', externalId: 'acme' })
    const log = await emulator.control.requests()
    expect(log.map(({ method, path, kind, status }) => [method, path, kind, status])).toEqual([
      ['POST', `${SERVICE}/GetOrganization`, 'api', 401],
      ['POST', '/oauth/token', 'token', 200],
      ['POST', `${SERVICE}/GetOrganization`, 'api', 200],
    ])
  })

  it('answers calls of one connection at the same time', async () => {
    const sdk = officialSdk(emulator)
    await sdk.user.getUser(people.ada)
    const users = await Promise.all(Object.values(people).map((id) => sdk.user.getUser(id)))
    expect(users.map(({ user }) => user?.id)).toEqual(Object.values(people))
  })

  it.each(['GET / HTTP/1.1', 'PUT / HTTP/1.1', 'PROPFIND / HTTP/1.1'])('takes %s byte by byte', async (line) => {
    const { socket, received } = await rawConnection(port())
    for (const byte of `${line}\r\nhost: localhost:${port()}\r\nconnection: close\r\n\r\n`) {
      socket.write(byte)
      await sleep(1)
    }
    await expect.poll(received).toMatch(/^HTTP\/1\.1 (302|404) /)
  })

  it('takes the preface of HTTP/2 byte by byte', async () => {
    const { socket, received } = await rawConnection(port())
    for (const byte of 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n') {
      socket.write(byte, 'latin1')
      await sleep(1)
    }
    // An empty SETTINGS frame of ours, then one of the server's: length, type 4.
    socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    await expect.poll(() => received().charCodeAt(3)).toBe(4)
    socket.destroy()
  })

  it('survives a preface that goes on as nonsense, and connections that end early', async () => {
    for (const text of ['PRI * nonsense\r\n\r\n', 'PR', '']) (await rawConnection(port())).socket.end(text)
    const { socket } = await rawConnection(port())
    socket.resetAndDestroy()
    expect((await fetch(`${emulator.url}/keys`)).status).toBe(200)
    await officialSdk(emulator).user.getUser(people.ada)
  })

  it('survives calls that the caller breaks off, whatever the reason it gives', async () => {
    for (const code of [constants.NGHTTP2_INTERNAL_ERROR, constants.NGHTTP2_PROTOCOL_ERROR, constants.NGHTTP2_CANCEL]) {
      const session = connect(emulator.url)
      const stream = session.request({ ':method': 'POST', 'content-type': 'application/grpc', ...getOrganization })
      stream.on('error', () => undefined)
      // Begun, so that the server has the stream before it ends.
      stream.write(Buffer.of(0, 0))
      await sleep(50)
      stream.close(code)
      await new Promise((resolve) => stream.once('close', resolve))
      session.destroy()
    }
    expect((await officialSdk(emulator).user.getUser(people.ada)).user?.id).toBe(people.ada)
  })

  it('stops while connections of both kinds and a silent one are open', async () => {
    const other = await startBuilt()
    await officialSdk(other).user.getUser(people.ada)
    await fetch(`${other.url}/keys`)
    const silent = await rawConnection(Number(new URL(other.url).port))
    // It waits for nobody: the silent one would never end.
    await other.stop()
    await expect.poll(() => silent.socket.closed).toBe(true)
  })
})

describe('calls that are none', () => {
  it('SEC-374 answers no name but its own', async () => {
    const { headers } = await http2Request(
      emulator.url,
      { ...getOrganization, ':authority': 'evil.test' },
      framed(Buffer.of()),
    )
    expect(headers[':status']).toBe(421)
  })

  it('says over HTTP/2 that it speaks gRPC there', async () => {
    const { headers, body } = await http2Request(
      emulator.url,
      { ':path': '/keys', 'content-type': 'text/plain' },
      Buffer.of(),
    )
    expect([headers[':status'], body.toString()]).toEqual([415, expect.stringContaining('speaks gRPC')])
  })

  it.each<[string, Uint8Array, string]>([
    ['no bytes', Buffer.of(), '3'],
    ['a length that is wrong', Buffer.of(0, 0, 0, 0, 9, 1), '3'],
    ['two messages', Buffer.concat([framed(Buffer.of()), framed(Buffer.of())]), '3'],
    ['bytes that are no message', framed(Buffer.of(255, 255, 255)), '3'],
    ['a compressed message', framed(Buffer.of(), 1), '12'],
    ['a message without the id', framed(Buffer.of()), '3'],
    ['more than four MiB', framed(Buffer.alloc(5 * 1024 * 1024)), '8'],
  ])('refuses %s', async (_, body, status) => {
    const { headers } = await http2Request(emulator.url, getOrganization, body)
    expect([headers[':status'], headers['grpc-status']]).toEqual([200, status])
  })

  it.each(['..', '.'])('lets no id escape its path: %s', async (id) => {
    const sdk = officialSdk(emulator)
    expect(await thrown(sdk.user.getUser(id))).toEqual(['ScalekitBadRequestException', null, 400])
    expect(await thrown(sdk.user.getUser('usr_1/../../organizations'))).toEqual([
      'ScalekitNotFoundException',
      'NOT_FOUND',
      404,
    ])
  })

  it('names what is not emulated', async () => {
    const sdk = officialSdk(emulator)
    await expect(sdk.tools.listTools()).rejects.toMatchObject({
      name: 'ScalekitNotImplementedException',
      message: '[unimplemented] not emulated: GET /api/v1/tools',
    })
    const { headers } = await http2Request(emulator.url, { ':path': '/scalekit.v1.X/Y' }, framed(Buffer.of()))
    expect(headers).toMatchObject({ 'grpc-status': '12', 'grpc-message': 'not%20emulated%3A%20%2Fscalekit.v1.X%2FY' })
  })

  it("is unauthenticated with a person's token, garbage and none", async () => {
    for (const authorization of ['', 'Bearer x']) {
      const headers = { ...getOrganization, authorization }
      // Field 1, `id`: "org_1".
      const answer = await http2Request(emulator.url, headers, framed(Buffer.from('\x0a\x05org_1')))
      expect(answer.headers['grpc-status']).toBe('16')
    }
    const authorization = `Bearer ${await managementToken(emulator)}`
    const known = await http2Request(
      emulator.url,
      { ...getOrganization, authorization },
      framed(Buffer.from('\x0a\x05org_1')),
    )
    expect(known.headers['grpc-status']).toBe('5')
  })
})

describe('faults of the management API', () => {
  const status = (code: number, body?: string): FaultInput => ({
    endpoint: 'api',
    kind: 'status',
    status: code,
    times: 0,
    ...(body === undefined ? {} : { body }),
  })

  it.each<[FaultInput, readonly unknown[]]>([
    [status(429), ['ScalekitTooManyRequestsException', null, 429]],
    [status(500), ['ScalekitInternalServerException', null, 500]],
    [status(403, '{"code":7,"message":"no"}'), ['ScalekitForbiddenException', null, 403]],
    [status(504), ['ScalekitGatewayTimeoutException', null, 504]],
    [{ endpoint: 'api', kind: 'body', body: '<html>' }, ['ScalekitInternalServerException', null, 500]],
  ])('%j', async (fault, expected) => {
    const sdk = officialSdk(emulator)
    await sdk.user.getUser(people.ada)
    await emulator.control.addFault(fault)
    await emulator.control.clearRequests()
    expect(await thrown(sdk.user.getUser(people.ada))).toEqual(expected)
    expect(await emulator.control.requests()).toMatchObject([
      { kind: 'api', status: expect.any(Number), error: fault.kind },
    ])
  })

  it('is retried by the SDK while the API is unavailable', async () => {
    const sdk = officialSdk(emulator)
    await sdk.user.getUser(people.ada)
    await emulator.control.addFault({ endpoint: 'api', kind: 'status', status: 503 })
    expect((await sdk.user.getUser(people.ada)).user?.id).toBe(people.ada)
  })

  it('gives the details of an error as the SDK reads them', async () => {
    const sdk = officialSdk(emulator)
    await sdk.user.getUser(people.ada)
    const violation = { field: 'a', constraint: 'b', description: 'c' }
    const details = [{ '@type': 'x', error_code: 'TEAPOT', validation_error_info: { field_violations: [violation] } }]
    await emulator.control.addFault(status(400, JSON.stringify({ code: 9, message: 'höhö %', details })))
    await expect(sdk.user.getUser(people.ada)).rejects.toMatchObject({
      name: 'ScalekitBadRequestException',
      message: '[failed_precondition] höhö %',
      errorCode: 'TEAPOT',
      unpackedDetails: [{ validationErrorInfo: { fieldViolations: [violation] } }],
    })
  })

  it('answers late', async () => {
    const sdk = officialSdk(emulator)
    await sdk.user.getUser(people.ada)
    await emulator.control.addFault({ endpoint: 'api', kind: 'delay', delay: 0.4 })
    const started = Date.now()
    await sdk.user.getUser(people.ada)
    expect(Date.now() - started).toBeGreaterThanOrEqual(390)
  })

  it.each(['drop', 'lose_response'] as const)(
    '%s closes the connection, and the next call finds another',
    async (kind) => {
      const sdk = officialSdk(emulator)
      await sdk.user.getUser(people.ada)
      await emulator.control.addFault({ endpoint: 'api', kind })
      await emulator.control.clearRequests()
      const [name] = await thrown(sdk.user.getUser(people.ada))
      expect(name).toMatch(/^Scalekit\w+Exception$/)
      expect(await emulator.control.requests()).toMatchObject([{ status: 0, error: kind }])
      expect((await sdk.user.getUser(people.ada)).user?.id).toBe(people.ada)
    },
  )
})
