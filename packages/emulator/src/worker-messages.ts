import type { Seed } from './seed/types.js'
import type { Settings } from './settings.js'

/** What the worker is started with. */
export interface WorkerInput {
  /** 0: the operating system chooses. */
  readonly port: number
  readonly seed: Seed
  readonly settings: Settings
}

/** What the worker says. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'failed'; readonly message: string }

/** What the worker is told. */
export type WorkerCommand = { readonly kind: 'stop' }
