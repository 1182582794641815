import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from '@scalegate/testing/audits'
import { afterAll, beforeAll, expect } from 'vitest'
import { arrive, type JourneyOptions } from '../support/journey.js'
import type { Child } from './child.js'
import { type Fleet, hearAt, publicOrigin, type Storage, startFleet } from './fleet.js'
import { at, browserOf, Visitor } from './visitor.js'

/** Seconds that the provider has for an answer in these tests, so that a row of them is over soon. */
export const patience = 2
/** Seconds for which a process that died keeps others from its refresh: its patience and what the kit adds. */
export const lockLife = patience + 2

/**
 * A fleet for the tests of one file, and people on it. An access token is believed for ten seconds at least, and the first
 * log-ins of an empty Redis lie five seconds ahead of the clock; so those whose tokens shall be over come in together, at
 * the beginning, and whoever needs one waits for the rest.
 */
export class Scene {
  readonly fleet: Fleet
  readonly figures: string[] = []
  readonly #expiring: Visitor[] = []
  #overAt = 0

  constructor(fleet: Fleet) {
    this.fleet = fleet
  }

  async fill(count: number): Promise<void> {
    const { control } = this.fleet.provider
    await control.settings({ accessTokenLifetime: 10 })
    while (this.#expiring.length < count) {
      const group = Math.min(8, count - this.#expiring.length)
      this.#expiring.push(...(await Promise.all(Array.from({ length: group }, () => Visitor.signIn(this.fleet)))))
    }
    await control.settings({ accessTokenLifetime: 3600 })
    this.#overAt = Math.max(performance.now(), this.fleet.settledAt) + 11_000
  }

  get app(): Child {
    return this.fleet.apps[0]!
  }

  /** Somebody whose access token is over. */
  async expired(): Promise<Visitor> {
    await sleep(Math.max(0, this.#overAt - performance.now()))
    const visitor = this.#expiring.pop()
    if (visitor === undefined) throw new Error('Let more people in at the beginning of the file.')
    return visitor
  }

  /** Somebody who has just come in, with an hour before them. */
  fresh(options?: JourneyOptions): Promise<Visitor> {
    return Visitor.signIn(this.fleet, options)
  }

  stranger(): Browser {
    return browserOf(this.fleet)
  }

  /** A login back from the provider, before its callback is visited. */
  async arrival(browser = this.stranger()) {
    const { callback } = await arrive(browser, { origin: publicOrigin })
    return { browser, callback: callback.href }
  }

  /** With a provider that takes a rotated refresh token once more. */
  async withGrace(work: () => Promise<void>): Promise<void> {
    const { control } = this.fleet.provider
    await control.settings({ refreshGrace: 30 })
    await work().finally(() => control.settings({ refreshGrace: 0 }))
  }

  /** Milliseconds until each of these processes refuses the visitor. */
  async endedAt(visitor: Visitor, apps: readonly Child[], since: number): Promise<readonly number[]> {
    return Promise.all(
      apps.map(async (app) => {
        while ((await visitor.status(app)) !== 401) expect(performance.now() - since).toBeLessThan(5000)
        return performance.now() - since
      }),
    )
  }

  /** Milliseconds until `status` is what is hoped for. */
  async until(status: number, ask: () => Promise<number>, within: number): Promise<number> {
    const since = performance.now()
    for (;;) {
      const found = await ask()
      const taken = performance.now() - since
      if (found === status) return taken
      if (taken > within) throw new Error(`Still ${found} and not ${status} after ${Math.round(taken)} ms.`)
      await sleep(20)
    }
  }

  /** I9: whatever fails, strangers are served, and a login can begin. */
  async expectAnonymousServed(): Promise<void> {
    const answers = this.fleet.apps.map(async (app) => {
      const stranger = at(app, this.stranger())
      const pages = await Promise.all(
        ['/public', '/', '/auth/login'].map((path) => stranger.navigate(publicOrigin + path)),
      )
      return pages.map(({ status }) => status)
    })
    for (const statuses of await Promise.all(answers)) expect(statuses).toEqual([200, 200, 303])
  }

  note(what: string, milliseconds: readonly number[]): void {
    this.figures.push(`${what}: ${milliseconds.map((each) => `${each.toFixed(0)} ms`).join(', ')}`)
  }

  hearAt(app: Child): Promise<void> {
    return hearAt(this.fleet.provider, app)
  }
}

export function useScene(storage: Storage, people: number): () => Scene {
  let scene: Scene | undefined
  beforeAll(async () => {
    const fleet = await startFleet({ storage, options: { timeouts: { refresh: patience, exchange: patience } } })
    scene = new Scene(fleet)
    await scene.fill(people)
  })
  afterAll(async () => {
    if (scene === undefined) return
    console.info([`Sessions in the ${storage}:`, ...scene.figures].join('\n  '))
    await scene.fleet.stop()
  })
  return () => {
    if (scene === undefined) throw new Error('The scene stands from beforeAll to afterAll.')
    return scene
  }
}
