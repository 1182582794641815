import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listen } from '../support/listen.js'
import { type Ended, run, type Server, startServer } from './program.js'
import { link, type Store } from './store.js'

export interface ProjectPlan {
  readonly type: 'module' | 'commonjs'
  /** Everything it has installed. A package of a broken copy comes with its place. */
  readonly installs: readonly (string | readonly [name: string, place: string])[]
  /** Path → text. What is no text is written as JSON. */
  readonly files: Readonly<Record<string, string | object>>
}

/** An app that answers on a socket. */
export interface App extends Server {
  readonly origin: string
  /** What it was configured with. */
  readonly env: Readonly<Record<string, string>>
}

/** A user's project, in a folder of its own with nothing but what it has installed. */
export class Project {
  readonly folder: string

  constructor(store: Store, name: string, { type, installs, files }: ProjectPlan) {
    this.folder = join(store.folder, 'projects', name)
    const manifest = { name, private: true, version: '0.0.0', type }
    for (const [path, content] of Object.entries({ 'package.json': manifest, ...files })) {
      const file = join(this.folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
    }
    for (const installed of installs) {
      const [packageName, place] = typeof installed === 'string' ? [installed, store.locate(installed)] : installed
      link(place, join(this.folder, 'node_modules', packageName))
    }
  }

  /** Runs a program of the project to its end. */
  node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return run(process.execPath, args, { folder: this.folder, env })
  }

  /** Compiles the project by its `tsconfig.json`; gives what the compiler complains about, which should be nothing. */
  async compile(): Promise<string> {
    const { code, output } = await this.node(['node_modules/typescript/bin/tsc', '--pretty', 'false'])
    return code === 0 || output !== '' ? output.trim() : `The compiler ended with ${code}.`
  }

  /** Starts an app of the project on a free port, `$PORT` among its arguments; it prints its address when it listens. */
  async start(args: readonly string[]): Promise<App> {
    // The address of an app is part of its configuration, so it has to be known before the app is there.
    const { port, origin, close } = await listen()
    await close()
    const env = { ...appEnvironment(origin), PORT: String(port) }
    const argsWithPort = args.map((arg) => (arg === '$PORT' ? String(port) : arg))
    const server = await startServer(argsWithPort, `:${port}`, { folder: this.folder, env })
    return { ...server, origin, env }
  }
}

/** The variables of the kit. Nobody is at the environment's address: no answer here needs Scalekit. */
function appEnvironment(origin: string): Record<string, string> {
  return {
    APP_BASE_URL: origin,
    SCALEKIT_ENVIRONMENT_URL: 'https://acme.scalekit.invalid',
    SCALEKIT_CLIENT_ID: 'skc_consumer',
    SCALEKIT_CLIENT_SECRET: 'test_consumer_secret',
    COOKIE_ENCRYPTION_SECRET: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  }
}
