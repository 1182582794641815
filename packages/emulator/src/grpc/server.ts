import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../clock.js'
import type { Environment } from '../environment.js'
import { isOwnHost } from '../server/host.js'
import type { Fault } from '../state/faults.js'
import { type AskRest, call, ended, type Outcome } from './call.js'
import { frame, readMessage } from './frame.js'
import { restRequest } from './rest-request.js'
import { loadSdk, type Sdk } from './sdk.js'
import { GrpcError, trailersOf } from './status.js'

/** The endpoint that faults and the log know these calls by: it is the management API, however it is spoken to. */
const ENDPOINT = 'api'
const NO_SDK = 'to answer gRPC the emulator needs @scalekit-sdk/node installed beside it or in the app that runs it'

/** Answers one stream of HTTP/2. */
export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => Promise<void>

/** Speaks gRPC with Scalekit's own SDK, which is the only one that does; `rest` answers each call. */
export function grpcServer(environment: Environment, rest: (request: Request) => Promise<Response>): StreamHandler {
  let sdk: Sdk | undefined
  return async (stream, headers) => {
    // Without a listener the end of a connection in the middle of a call would end the emulator.
    stream.on('error', () => undefined)
    if (!isOwnHost(headers[':authority'], environment.port)) return refuse(stream, 421)
    if (!headers['content-type']?.startsWith('application/grpc')) return refuse(stream, 415)
    // Looked for at every call while it is missing: it may be installed without starting the emulator again.
    sdk ??= loadSdk()
    const log = startLog(environment, headers)
    const fault = environment.faults.take({ endpoint: ENDPOINT })
    const { authorization } = headers
    const ask: AskRest = (asked) => rest(restRequest(asked, { url: environment.url, authorization }))
    const outcome = await outcomeOf({ stream, sdk, path: headers[':path'] ?? '/', fault, ask })
    const isLost = outcome === undefined || fault?.kind === 'lose_response'
    log.close(isLost ? 0 : outcome.httpStatus, fault)
    if (isLost) stream.session?.destroy()
    else answer(stream, sdk, outcome)
  }
}

interface Call {
  readonly stream: ServerHttp2Stream
  readonly sdk: Sdk | undefined
  readonly path: string
  readonly fault: Fault | undefined
  readonly ask: AskRest
}

/** Undefined when the connection is to be closed before anything is processed. */
async function outcomeOf({ stream, sdk, path, fault, ask }: Call): Promise<Outcome | undefined> {
  try {
    const message = await readMessage(stream)
    if (fault?.kind === 'drop') return undefined
    if (fault?.kind === 'delay') await sleep((fault.delay ?? 1) * 1000)
    if (sdk === undefined) return ended('UNIMPLEMENTED', NO_SDK)
    const method = sdk.methods.get(path)
    if (method === undefined) return ended('UNIMPLEMENTED', `not emulated: ${path}`)
    return await call(sdk, method, message, isAnswer(fault) ? async () => answerOf(fault) : ask)
  } catch (error) {
    // What is left to go wrong is the caller's: bytes that are no such message.
    const code = error instanceof GrpcError ? error.code : 'INVALID_ARGUMENT'
    return ended(code, error instanceof Error ? error.message : String(error))
  }
}

function isAnswer(fault: Fault | undefined): fault is Fault {
  return fault?.kind === 'status' || fault?.kind === 'body'
}

/** What REST would have answered under this fault; it becomes a status of gRPC as every answer does. */
function answerOf({ kind, status, body }: Fault): Response {
  return new Response(body ?? '{"message":"a fault was asked for"}', {
    status: status ?? (kind === 'body' ? 200 : 503),
  })
}

/** gRPC answers 200 whatever happens; the log tells the status that REST would have given. */
function startLog(environment: Environment, headers: IncomingHttpHeaders) {
  const started = performance.now()
  const path = (headers[':path'] ?? '/').split('?', 1)[0] ?? '/'
  const entry = { at: now(), method: headers[':method'] ?? 'POST', path, kind: ENDPOINT }
  return {
    close(status: number, fault: Fault | undefined): void {
      const durationMs = Math.round(performance.now() - started)
      environment.requests.append({ ...entry, status, durationMs, ...(fault && { error: fault.kind }) })
    },
  }
}

function answer(stream: ServerHttp2Stream, sdk: Sdk | undefined, { status, message }: Outcome): void {
  if (stream.destroyed) return
  stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true })
  stream.once('wantTrailers', () => stream.sendTrailers(trailersOf(sdk, status)))
  stream.end(message === undefined ? undefined : frame(message))
}

function refuse(stream: ServerHttp2Stream, status: number): void {
  stream.respond({ ':status': status, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  stream.end("Over HTTP/2 this emulator speaks gRPC, as Scalekit's SDK does, and answers to localhost only.\n")
}
