/**
 * What must exist once in a process: revocation marks, replay ids, single flight, caches, signing keys.
 *
 * Module state is not that: a Next process runs up to three programs, each with its own modules and one
 * shared `globalThis`. The key holds issuer and client, so that several kits in one process do not meet.
 */
export interface ProcessState {
  /** The value under `name`, made on first use and shared by every program of this process. */
  slot<T>(name: string, create: () => T): T
}

/** Raised when the shape of a shared value changes: two versions of the kit must not read each other's. */
const layout = 1

export function processState(issuer: string, clientId: string): ProcessState {
  const key = Symbol.for(`scalegate:${layout}:${issuer} ${clientId}`)
  const holder = globalThis as unknown as Record<symbol, Map<string, unknown> | undefined>
  let slots = holder[key]
  if (slots === undefined) {
    slots = new Map()
    // Not enumerable: a console.log of globalThis must not walk into sessions.
    Object.defineProperty(globalThis, key, { value: slots, configurable: true })
  }
  return stateOver(slots)
}

function stateOver(slots: Map<string, unknown>): ProcessState {
  return {
    slot<T>(name: string, create: () => T): T {
      if (!slots.has(name)) slots.set(name, create())
      return slots.get(name) as T
    },
  }
}
