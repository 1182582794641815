import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { now } from '../clock.js'
import type { Engine } from '../engine/engine.js'
import type { Environment, RequestEntry } from '../environment.js'
import type { Fault } from '../state/faults.js'
import { endpointOf, isEnginePath } from './endpoint.js'
import { applyFault } from './fault.js'
import { isOwnHost } from './host.js'
import { remarksOf } from './remarks.js'
import { readTokenForm, type TokenForm } from './token-form.js'

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The first thing that every request meets: host check, log, faults, then the engine or our own routes. */
export function front(environment: Environment, engine: Engine, ours: Handler): Handler {
  return async (request, response) => {
    const path = pathOf(request)
    const endpoint = endpointOf(path)
    const log = endpoint === 'control' ? undefined : startLog(environment, request, { path, kind: endpoint })
    response.once('close', () => log?.close(response))
    if (!isOwnHost(request.headers.host, environment.port)) return misdirected(response)
    // The Date header has to tell the shifted time; Node would write the real one.
    response.setHeader('date', new Date().toUTCString())
    if (log === undefined) return ours(request, response)

    const form = endpoint === 'token' && request.method === 'POST' ? await readTokenForm(request) : noForm
    if (form === undefined) return tooLarge(response)
    log.note(form)
    const fault = environment.faults.take({ endpoint, grantType: form.grantType })
    if (fault !== undefined) {
      log.hit(fault)
      if ((await applyFault(fault, response)) === 'answered') return
    }
    const isMachine = form.clientId !== undefined && environment.directory.machine(form.clientId) !== undefined
    if (!isEnginePath(path) || isMachine) return ours(request, response)
    // The engine builds its own addresses from the Host header; there is one issuer, whatever name was used.
    Object.assign(request.headers, { host: new URL(environment.url).host })
    return engine.handle(request, response)
  }
}

const noForm: TokenForm = { grantType: undefined, clientId: undefined }

function startLog(environment: Environment, request: IncomingMessage, about: Pick<RequestEntry, 'path' | 'kind'>) {
  const at = now()
  const started = performance.now()
  let form: TokenForm = noForm
  let hit: Fault | undefined
  return {
    note(found: TokenForm): void {
      form = found
    },
    hit(fault: Fault): void {
      hit = fault
    },
    close(response: ServerResponse): void {
      const remarks = remarksOf(response)
      const error = hit?.kind ?? remarks.error
      environment.requests.append({
        at,
        method: request.method ?? 'GET',
        ...about,
        path: withoutIds(about.path),
        status: response.headersSent ? response.statusCode : 0,
        durationMs: Math.round(performance.now() - started),
        ...(form.grantType === undefined ? {} : { grantType: form.grantType }),
        ...(form.clientId === undefined ? {} : { clientId: form.clientId }),
        ...remarks,
        ...(error === undefined ? {} : { error }),
      })
    },
  }
}

/** The path without the query, which holds codes, hints and e-mail addresses. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/'
}

/** Interactions, invitations and portals are named by a random id that is as good as a password for what it opens. */
function withoutIds(path: string): string {
  return path
    .replace(/^\/(login|oauth\/authorize)\/[^/]+/, '/$1/{interaction}')
    .replace(/^\/invitations\/[^/]+/, '/invitations/{invitation}')
    .replace(/^\/magicLink\/[^/]+/, '/magicLink/{link}')
    .replace(/^\/portal\/[^/]+/, '/portal/{session}')
}

function misdirected(response: ServerResponse): void {
  response.writeHead(421, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end('This emulator answers to localhost only.\n')
}

function tooLarge(response: ServerResponse): void {
  response.writeHead(413, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ error: 'invalid_request', error_description: 'the form is too large' }))
}
