import type { ServerResponse } from 'node:http'
import type { RequestEntry } from '../environment.js'

/** What only the one who answers a request knows about it. */
export type Remarks = Partial<Pick<RequestEntry, 'clientId' | 'userId' | 'sid' | 'error'>>

const remarks = new WeakMap<object, Remarks>()

/** Notes for the log whom a request was about, or what was wrong with it. Ids and error codes only. */
export function remark(response: ServerResponse, noted: Remarks): void {
  remarks.set(response, { ...remarks.get(response), ...noted })
}

/** What has been noted about a request. */
export function remarksOf(response: ServerResponse): Remarks {
  return remarks.get(response) ?? {}
}
