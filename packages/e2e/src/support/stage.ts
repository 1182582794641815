import { type Emulator, type EmulatorOptions, type LoggedRequest, startEmulator } from '@scalegate/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type AppSetup, type ExpressVersion, type RunningApp, startApp } from './express-app.js'
import { listen } from './listen.js'

export interface StageSetup extends Partial<Omit<AppSetup, 'on'>> {
  readonly emulator?: Pick<EmulatorOptions, 'seed' | 'settings'>
  /** What happens before each test; `keep` is for tables whose rows leave nothing behind. @defaultValue reset */
  readonly between?: 'reset' | 'keep'
}

/**
 * One emulator, one app known to it, and one clock for both: time passes when a test says so. It only ever goes
 * forward, because the app remembers refusals and logouts by its clock.
 */
export class Stage {
  readonly emulator: Emulator
  readonly #started: RunningApp[] = []
  #base = realTime()
  #offset = 0
  #ahead = 0

  private constructor(emulator: Emulator) {
    this.emulator = emulator
  }

  static async start({ emulator: options, between: _, ...setup }: StageSetup): Promise<Stage> {
    const socket = await listen()
    const { origin } = socket
    const clients = {
      redirectUris: [`${origin}/auth/callback`],
      postLogoutRedirectUris: [`${origin}/`],
      backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
    }
    const stage = new Stage(await startEmulator({ port: 0, clients, ...options }))
    await stage.open({ on: socket, ...setup })
    return stage
  }

  /** The app that was started with the stage. */
  get app(): RunningApp {
    return this.#started[0]!
  }

  /** The app's time, NumericDate. It stands still during a test, so that no second passes between two requests. */
  readonly now = (): number => this.#base + this.#offset + this.#ahead

  /** Starts one more app of the same client. */
  async open(setup: Partial<AppSetup>): Promise<RunningApp> {
    const { environmentUrl: issuer, clientId, clientSecret } = this.emulator
    const options = { issuer, clientId, clientSecret, clock: this.now, ...setup.options }
    const app = await startApp({ ...setup, options })
    this.#started.push(app)
    return app
  }

  /** Moves the time of the app and of the provider. */
  async advance(seconds: number): Promise<void> {
    this.#offset += seconds
    await this.emulator.control.clock({ offset: this.#offset })
  }

  /** Puts the app's clock ahead of the provider's (behind, where negative) until the end of the test. */
  shift(seconds: number): void {
    this.#ahead = seconds
  }

  /** Before each test: real time has gone on, and the apps start with no events. */
  begin(): void {
    this.#base = realTime()
    this.#ahead = 0
    this.forgetEvents()
  }

  /** Back to the seed, a minute later: whatever an earlier test left is over, also in the app. */
  async reset(): Promise<void> {
    await this.emulator.control.reset()
    await this.advance(61)
    this.begin()
  }

  /** What the provider was asked since the last `forget`, or since the start of the test. */
  requests(): Promise<readonly LoggedRequest[]> {
    return this.emulator.control.requests()
  }

  /** Empties the provider's request log and the apps' events. */
  async forget(): Promise<void> {
    await this.emulator.control.clearRequests()
    this.forgetEvents()
  }

  forgetEvents(): void {
    for (const { events } of this.#started) events.length = 0
  }

  async tokenCalls(grantType?: string): Promise<number> {
    const requests = await this.requests()
    return requests.filter(({ kind, grantType: type }) => kind === 'token' && (grantType ?? type) === type).length
  }

  /** Errors that reached the frameworks; empties the lists. */
  takeErrors(): readonly unknown[] {
    return this.#started.flatMap(({ errors }) => errors.splice(0))
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((app) => app.close()))
    await this.emulator.stop()
  }
}

function realTime(): number {
  return Math.floor(Date.now() / 1000)
}

/**
 * A stage for the tests of this block. After each test nothing may have reached the framework's error handler that the
 * test has not taken: no byte of a client causes a 5xx (attack list 4.0, rule i).
 */
export function useStage(setup: StageSetup = {}): () => Stage {
  let running: Stage | undefined
  const stage = () => {
    if (running === undefined) throw new Error('The stage stands from beforeAll to afterAll.')
    return running
  }
  beforeAll(async () => {
    running = await Stage.start(setup)
  })
  afterAll(() => running?.close())
  beforeEach(() => (setup.between === 'keep' ? stage().begin() : stage().reset()))
  afterEach(() => expect(stage().takeErrors(), 'errors that reached the framework').toEqual([]))
  return stage
}

/**
 * The rows of a table to try on this version. Express 4 reads and answers differently and decides nothing, so there
 * one row of each table shows that the answer gets through.
 */
export function rowsFor<Row>(version: ExpressVersion, table: readonly Row[]): readonly Row[] {
  return version === 5 ? table : table.slice(0, 1)
}
