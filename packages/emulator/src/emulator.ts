import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { type Control, createControl } from './control/client.js'
import { defaultSeed } from './seed/default.js'
import { loadSeed } from './seed/load.js'
import { parseSeed } from './seed/parse.js'
import type { Seed } from './seed/types.js'
import { applySettings, defaultSettings, parseSettings, type SettingsPatch } from './settings.js'
import type { ClientPatch } from './state/directory.js'
import type { WebhookEndpoint } from './webhooks/endpoint.js'
import type { WorkerCommand, WorkerInput, WorkerMessage } from './worker-messages.js'

/** The port that documents and examples use. */
export const DEFAULT_PORT = 9500

/** How an emulator starts. */
export interface EmulatorOptions {
  /** TCP port on the loopback addresses; 0 lets the operating system choose. @defaultValue 9500 */
  readonly port?: number
  /** Who exists: a {@link Seed} or the path of a YAML or JSON file of that shape. @defaultValue the built-in seed */
  readonly seed?: Seed | string
  /** Settings that differ from the defaults; a reset returns to these. */
  readonly settings?: SettingsPatch
  /** Replaces members of the seed's first client: where your app listens. */
  readonly clients?: ClientPatch
  /** Where the environment's events go, in place of the seed's endpoints; a reset returns to these. @defaultValue nowhere */
  readonly webhooks?: WebhookEndpoint | readonly WebhookEndpoint[]
}

/** A running emulator. */
export interface Emulator {
  /** The issuer, `http://localhost:PORT`, without a trailing slash. */
  readonly url: string
  /** The same, under the name that Scalekit's documents use: `SCALEKIT_ENVIRONMENT_URL`. */
  readonly environmentUrl: string
  /** The first client's id, `skc_…`. */
  readonly clientId: string
  /** The first client's secret. */
  readonly clientSecret: string
  /** The seed that it started with. */
  readonly seed: Seed
  /** Steers it. */
  readonly control: Control
  /** Closes every connection and ends the worker. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts a local Scalekit in a worker thread, whose clock can be moved without touching yours.
 *
 * @throws Error when `NODE_ENV` is `production`, when the port is taken, or when the seed or the settings are wrong
 * (the message names the place).
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  if (process.env.NODE_ENV === 'production') {
    throw new Error('The Scalekit emulator does not run with NODE_ENV=production: anybody can log in as anybody.')
  }
  const seed = await seedOf(options)
  const settings = applySettings(defaultSettings, parseSettings(options.settings ?? {}))
  const input: WorkerInput = { port: options.port ?? DEFAULT_PORT, seed, settings }
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: input, stdout: true, stderr: true })
  forward(worker.stdout, process.stdout)
  forward(worker.stderr, process.stderr)
  const url = await ready(worker)
  const [client] = seed.clients
  return {
    url,
    environmentUrl: url,
    clientId: client?.id ?? '',
    clientSecret: client?.secret ?? '',
    seed,
    control: createControl(url),
    stop: stopper(worker),
  }
}

async function seedOf({ seed, clients, webhooks }: EmulatorOptions): Promise<Seed> {
  const base = typeof seed === 'string' ? await loadSeed(seed) : parseSeed(seed ?? defaultSeed)
  const [first, ...others] = base.clients
  return parseSeed({
    ...base,
    ...(first === undefined || clients === undefined ? {} : { clients: [{ ...first, ...clients }, ...others] }),
    ...(webhooks === undefined ? {} : { webhooks: [webhooks].flat() }),
  })
}

function ready(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The emulator ended before it was ready.')))
    worker.once('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') {
        // From here on an error of the worker is a bug of the emulator, and loud.
        worker.off('error', reject)
        return resolve(message.url)
      }
      reject(new Error(message.message))
      worker.terminate().catch(() => {
        // It is over either way.
      })
    })
  })
}

function stopper(worker: Worker): () => Promise<void> {
  let stopped: Promise<void> | undefined
  return () => {
    stopped ??= (async () => {
      const exit = once(worker, 'exit')
      worker.postMessage({ kind: 'stop' } satisfies WorkerCommand)
      await exit
    })()
    return stopped
  }
}

/** The engine greets on the console (about Node's version and about a body read for it); nobody needs to see that. */
function forward(from: Readable, to: NodeJS.WritableStream): void {
  createInterface({ input: from }).on('line', (line) => {
    if (!line.includes('oidc-provider ')) to.write(`${line}\n`)
  })
}
