import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../state/faults.js'

/** What is left to do with the request: nothing, or its ordinary processing. */
export type AfterFault = 'answered' | 'process'

/** Lets a request go wrong as the fault says. */
export async function applyFault(fault: Fault, response: ServerResponse): Promise<AfterFault> {
  switch (fault.kind) {
    case 'drop':
      response.destroy()
      return 'answered'
    case 'delay':
      await sleep((fault.delay ?? 1) * 1000)
      return 'process'
    case 'lose_response':
      loseResponse(response)
      return 'process'
    default:
      answer(fault, response)
      return 'answered'
  }
}

function answer(fault: Fault, response: ServerResponse): void {
  const status = fault.kind === 'body' ? (fault.status ?? 200) : (fault.status ?? 503)
  const body = fault.body ?? JSON.stringify({ error: 'fault', message: 'a fault was asked for' })
  response.writeHead(status, { 'content-type': fault.contentType ?? 'application/json', ...fault.headers })
  response.end(body)
}

/** Whoever processes the request believes it has answered; the connection closes instead. */
function loseResponse(response: ServerResponse): void {
  const lose = () => {
    response.destroy()
    return response
  }
  Object.assign(response, { writeHead: () => response, flushHeaders: () => undefined, write: () => true, end: lose })
}
