import type { ScalegateOptions } from '../options/scalegate-options.js'
import type { Store } from '../options/store.js'
import { memoryStore } from '../state/memory-store.js'
import { type FaultyStore, faultyStore } from './faulty-store.js'
import { type Bench, createBench, start } from './fixture.js'

export const refreshes = (bench: Bench) =>
  bench.provider.tokenCalls.filter((form) => form.get('grant_type') === 'refresh_token').length

/** Processes on one engine, each with a connection of its own that can be cut: what is written through it afterwards is nothing. */
export async function several(storage: 'cookie' | 'store', timeouts: ScalegateOptions['timeouts'] = { refresh: 1 }) {
  const time = { now: start }
  const engine = memoryStore({ clock: () => time.now })
  const connections: FaultyStore[] = []
  const bench = await createBench({
    // Read each time a process begins.
    get store(): Store {
      const connection = faultyStore(() => engine)
      connections.push(connection)
      return connection
    },
    session: { storage },
    timeouts,
  })
  const pass = (seconds: number) => {
    bench.now += seconds
    time.now = bench.now
  }
  pass(0)
  const kill = (index: number) => {
    const connection = connections[index]
    if (connection !== undefined) connection.condition = 'hang'
  }
  return { bench, pass, kill, connections }
}
