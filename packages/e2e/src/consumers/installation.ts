import { afterAll, afterEach, beforeAll } from 'vitest'
import { Forger } from './forger.js'
import { type App, Project, type ProjectPlan } from './project.js'
import { Store } from './store.js'

/** The store, and whatever runs from it. */
export class Installation {
  readonly store: Store
  readonly forger: Forger
  readonly #running: App[] = []

  constructor(store: Store) {
    this.store = store
    this.forger = new Forger(store)
  }

  project(name: string, plan: ProjectPlan): Project {
    return new Project(this.store, name, plan)
  }

  /** An app that stops when the test has ended. */
  async started(starting: Promise<App>): Promise<App> {
    const app = await starting
    this.#running.push(app)
    return app
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((app) => app.stop()))
  }
}

/** Packs once for all tests of a block, and leaves nothing behind. */
export function useInstallation(): () => Installation {
  let installation: Installation | undefined
  beforeAll(async () => {
    installation = new Installation(await Store.open())
  })
  afterEach(() => installation?.stopAll())
  afterAll(() => installation?.store.remove())
  return () => {
    if (installation === undefined) throw new Error('The packages are there from beforeAll to afterAll.')
    return installation
  }
}
