import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type Server, startServer } from '../consumers/program.js'
import type { Project } from '../consumers/project.js'
import { listen } from '../support/listen.js'

/** An app of a document, started as the document says, with the emulator beside it. */
export interface DocumentedApp {
  readonly origin: string
  /** The emulator. */
  readonly provider: string
  /** The lines for the file of variables that the emulator has printed. */
  readonly variables: readonly string[]
  /** What the app has printed. */
  readonly output: () => string
  readonly stop: () => Promise<void>
}

/** How to start an app that is to listen on this port. Its variables are in the file by then. */
export interface Start {
  readonly variables: '.env' | '.env.local'
  readonly args: (port: number) => readonly string[]
  readonly ready: string
}

/**
 * Every program of the documents listens on port 3000, which one test at a time could have, and says nothing when it
 * does. Loaded before such a program, this gives it another port and lets it say so; the program stays as it is printed.
 */
export const otherPort = (port: number): string => `
import { Server } from 'node:net'

const { listen } = Server.prototype
Server.prototype.listen = function (first, ...rest) {
  this.once('listening', () => console.log('listening on http://localhost:${port}'))
  return listen.call(this, first === 3000 ? ${port} : first, ...rest)
}
`

/** `node --env-file=.env app.mjs`. */
export const plainNode: Start = {
  variables: '.env',
  args: (port) => [
    '--env-file=.env',
    `--import=data:text/javascript,${encodeURIComponent(otherPort(port))}`,
    'app.mjs',
  ],
  ready: 'listening on',
}

/** Starts the installed emulator, copies the lines it prints into the file, and starts the app of the project. */
export async function startDocumented(project: Project, start: Start): Promise<DocumentedApp> {
  const { port, close } = await listen()
  await close()
  const origin = `http://localhost:${port}`
  const { folder } = project
  const emulatorArgs = [emulatorProgram(folder), '--port', '0', '--app', origin]
  const emulator = await startServer(emulatorArgs, 'listening on', { folder })
  try {
    const lines = emulator.output().match(/^[A-Z_]+=.*$/gm) ?? []
    writeFileSync(join(folder, start.variables), lines.join('\n'))
    const app: Server = await startServer(start.args(port), start.ready, { folder })
    const stop = async () => {
      await Promise.all([app.stop(), emulator.stop()])
    }
    const provider = /^SCALEKIT_ENVIRONMENT_URL=(.*)$/m.exec(lines.join('\n'))?.[1] ?? ''
    return { origin, provider, variables: lines, output: app.output, stop }
  } catch (error) {
    await emulator.stop()
    throw error
  }
}

/** One app for the tests of a block. */
export function useDocumented(starting: () => Promise<DocumentedApp>): () => DocumentedApp {
  let app: DocumentedApp | undefined
  beforeAll(async () => {
    app = await starting()
  })
  afterAll(() => app?.stop())
  return () => {
    if (app === undefined) throw new Error('The app is there from beforeAll to afterAll.')
    return app
  }
}

/** What `npx scalegate-emulator` runs. */
function emulatorProgram(folder: string): string {
  const place = join(folder, 'node_modules/@scalegate/emulator')
  const { bin } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as { bin: Record<string, string> }
  return join(place, bin['scalegate-emulator'] ?? '')
}
