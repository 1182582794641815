import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a program says when it is ready. */
interface Ready {
  /** `http://127.0.0.1:PORT` */
  readonly listening: string
  readonly [member: string]: unknown
}

/** One of the programs beside this file, as a process of its own. */
export interface Child {
  readonly pid: number
  readonly origin: string
  /** Everything that it said when it was ready. */
  readonly ready: Ready
  /** What it has told since, in its order: `event`, `heard`, `health`, `error` … */
  readonly told: readonly Readonly<Record<string, unknown>>[]
  /** What it has printed. */
  readonly output: () => string
  readonly order: <Result = void>(order: string, details?: object) => Promise<Result>
  readonly isAlive: () => boolean
  /** Resolves when it has ended, by whatever. */
  readonly ended: Promise<void>
  readonly signal: (name: NodeJS.Signals) => void
  /** SIGKILL: nothing is written to its end. */
  readonly kill: () => Promise<void>
}

/** From `src` and from what is built of it the way is the same. */
const programs = {
  app: new URL('../../src/processes/app.mjs', import.meta.url),
  provider: new URL('../../src/processes/provider.mjs', import.meta.url),
}

export async function startChild(program: keyof typeof programs, setup: object): Promise<Child> {
  const child = fork(fileURLToPath(programs[program]), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'test', SETUP: JSON.stringify(setup) },
    // What the runner of the tests was started with is not meant for it.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void printed.push(chunk.toString('utf8')))
  const ended = once(child, 'exit').then(() => undefined)
  const { told, order, ready } = speakWith(child, () => `${program} ended:\n${printed.join('')}`)
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  const isReady = await ready
  return {
    pid: child.pid ?? 0,
    origin: isReady.listening,
    ready: isReady,
    told,
    output: () => printed.join(''),
    order,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    ended,
    signal,
    async kill() {
      signal('SIGKILL')
      await ended
    },
  }
}

function speakWith(child: ChildProcess, ending: () => string) {
  const told: Readonly<Record<string, unknown>>[] = []
  const answers = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  let asked = 0
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(ending())))
    child.on('message', (message: Readonly<Record<string, unknown>>) => {
      if ('listening' in message) resolve(message as unknown as Ready)
      else if (typeof message.id === 'number') answers.get(message.id)?.resolve(message.result as never)
      else told.push({ ...message, toldAt: performance.now() })
    })
  })
  child.once('exit', () => {
    for (const { reject } of answers.values()) reject(new Error(ending()))
  })
  const order = <Result>(name: string, details: object = {}): Promise<Result> => {
    asked += 1
    const id = asked
    return new Promise<Result>((resolve, reject) => {
      answers.set(id, { resolve, reject })
      child.send({ ...details, id, order: name }, (error) => error && reject(error))
    }).finally(() => answers.delete(id))
  }
  return { told, order, ready }
}
