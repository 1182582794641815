import { type Emulator, type EmulatorOptions, type LoggedRequest, startEmulator } from '@scalegate/emulator'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { type AppSetup, type Framework, type RunningApp, startApp } from './app.js'
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
  readonly #framework: Framework
  readonly #started: RunningApp[] = []
  #base = realTime()
  #offset = 0
  #ahead = 0

  private constructor(emulator: Emulator, framework: Framework) {
    this.emulator = emulator
    this.#framework = framework
  }

  static async start({ emulator: options, between: _, framework = 'Express 5', ...setup }: StageSetup): Promise<Stage> {
    const socket = await listen()
    const { origin } = socket
    const clients = {
      redirectUris: [`${origin}/auth/callback`],
      postLogoutRedirectUris: [`${origin}/`],
      backchannelLogoutUri: `${origin}/auth/backchannel-logout`,
      initiateLoginUri: `${origin}/auth/login`,
    }
    const webhooks = setup.options?.webhooks === undefined ? {} : { webhooks: { url: `${origin}/auth/webhooks` } }
    const stage = new Stage(await startEmulator({ port: 0, clients, ...webhooks, ...options }), framework)
    await stage.open({ on: socket, ...setup })
    return stage
  }

  /** The app that was started with the stage. */
  get app(): RunningApp {
    return this.#started[0]!
  }

  /** The app's time, NumericDate. It stands still during a test, so that no second passes between two requests. */
  readonly now = (): number => this.#base + this.#offset + this.#ahead

  /** Starts one more app of the same client, on the same framework. */
  async open(setup: Partial<Omit<AppSetup, 'framework'>>): Promise<RunningApp> {
    const { environmentUrl: issuer, clientId, clientSecret } = this.emulator
    const options = { issuer, clientId, clientSecret, clock: this.now, ...setup.options }
    const app = await startApp({ ...setup, framework: this.#framework, options })
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

  /** Returns once the provider has met the requests that its faults wait for, and holds them back or spoils them. */
  async faultsTaken(): Promise<void> {
    while ((await this.emulator.control.state()).faults.length > 0);
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
 * The rows of a table that core alone decides. Whatever the framework, it gets the same request; so one row shows on
 * the others that the answer gets through.
 */
export function rowsFor<Row>(framework: Framework, table: readonly Row[]): readonly Row[] {
  return framework === 'Express 5' ? table : table.slice(0, 1)
}

/**
 * The rows of a table of odd requests. Hono reads requests with another parser than Express and has its own words for
 * them, so that each row could come out differently; Express 4 reads as Express 5 does.
 */
export function requestRowsFor<Row>(framework: Framework, table: readonly Row[]): readonly Row[] {
  return framework === 'Express 4' ? table.slice(0, 1) : table
}
