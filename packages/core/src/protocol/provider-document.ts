import { type Fetch, fetchJson, type JsonLimits, type JsonObject } from '../http/fetch-json.js'

/**
 * GETs a public JSON document of the provider, or undefined.
 *
 * One retry, inside the same deadline: a GET is safe to repeat, and a document that is missing at the wrong moment
 * costs a login (attack rows 356, 357).
 */
export async function fetchProviderDocument(
  fetch: Fetch,
  url: string,
  limits: JsonLimits,
): Promise<JsonObject | undefined> {
  // Monotonic: a clock that is set back must not lengthen a deadline.
  const startedAt = performance.now()
  const get = (deadline: number) =>
    fetchJson(fetch, url, { method: 'GET', headers: { accept: 'application/json' } }, { ...limits, deadline })

  let answer = await get(limits.deadline)
  const remaining = limits.deadline - (performance.now() - startedAt) / 1000
  const isPassing = answer.kind === 'failure' ? answer.reason === 'network' : answer.status >= 500
  if (isPassing && remaining > 0) answer = await get(remaining)
  return answer.kind === 'answer' && answer.status === 200 ? answer.body : undefined
}
