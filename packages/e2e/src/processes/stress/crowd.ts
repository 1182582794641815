import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../child.js'
import { deliver, logOut } from '../endings.js'
import type { Fleet } from '../fleet.js'
import { Visitor } from '../visitor.js'
import { Rider } from './rider.js'
import type { Tally } from './tally.js'

/** All who are signed in, and what they do together. */
export class Crowd {
  readonly riders: readonly Rider[]
  readonly #fleet: Fleet

  private constructor(fleet: Fleet, riders: readonly Rider[]) {
    this.#fleet = fleet
    this.riders = riders
  }

  static async signIn(fleet: Fleet, count: number): Promise<Crowd> {
    const riders: Rider[] = []
    while (riders.length < count) {
      const group = Array.from({ length: Math.min(8, count - riders.length) }, () => Visitor.signIn(fleet))
      riders.push(...(await Promise.all((await Promise.all(group)).map((visitor) => Rider.of(visitor)))))
    }
    return new Crowd(fleet, riders)
  }

  get staying(): readonly Rider[] {
    return this.riders.filter(({ state }) => state === 'in')
  }

  /** Each session asks `parallel` times at once, with the cookie that is over; some sessions at a time. */
  async storm(tally: Tally, parallel: number, together = 4): Promise<void> {
    const waiting = [...this.staying]
    const next = async (): Promise<void> => {
      for (let rider = waiting.pop(); rider !== undefined; rider = waiting.pop()) {
        const [one, cookie] = [rider, rider.cookie]
        const asked = Array.from({ length: parallel }, (_, index) => one.ask(this.#process(index), cookie))
        for (const answer of await Promise.all(asked)) tally.add(one, answer)
      }
    }
    await Promise.all(Array.from({ length: together }, next))
  }

  /** Everybody asks now and then, some process or other, until `work` is done. */
  async during(tally: Tally, work: () => Promise<void>): Promise<void> {
    let isOver = false
    const asking = this.riders.map(async (rider) => {
      await sleep(Math.random() * 800)
      while (!isOver) {
        tally.add(rider, await rider.ask(this.#process()))
        await sleep(400 + Math.random() * 800)
      }
    })
    await work().finally(() => {
      isOver = true
    })
    await Promise.all(asking)
  }

  /** Every session at every process, the ended ones with the cookies that they had. */
  async roll(tally: Tally): Promise<void> {
    for (const app of this.#fleet.apps)
      await Promise.all(this.riders.map(async (rider) => tally.settle(rider, await rider.ask(app))))
  }

  /**
   * Ends so many sessions, each in one of the ways there are, and repeats what was not acknowledged for twenty seconds more.
   * Who could not leave is found by the roll-call.
   */
  async leave(count: number, seconds: number): Promise<void> {
    const giveUpAt = performance.now() + (seconds + 20) * 1000
    const chosen = [...this.staying].sort(() => Math.random() - 0.5).slice(0, count)
    const ways = [this.#byBrowser, this.#byProvider, this.#byWebhook]
    await Promise.all(
      chosen.map(async (rider, index) => {
        await sleep(Math.random() * seconds * 1000)
        rider.state = 'leaving'
        while (!(await ways[index % ways.length]!.call(this, rider))) {
          if (performance.now() > giveUpAt) return
          await sleep(200)
        }
        rider.outSince = performance.now()
        rider.state = 'out'
      }),
    )
  }

  async #byBrowser(rider: Rider): Promise<boolean> {
    const visitor = await rider.hand()
    return (await logOut(visitor, this.#process()).catch(() => 0)) === 200
  }

  async #byProvider({ sid }: Rider): Promise<boolean> {
    const { logout_token } = await this.#fleet.provider.control.logoutToken({ sid })
    return (await deliver(this.#process(), logout_token).catch(() => 0)) === 200
  }

  async #byWebhook({ sid }: Rider): Promise<boolean> {
    const event = { type: 'user.logout', sessionId: sid, attempts: 1 } as const
    const [delivery] = await this.#fleet.provider.control.webhooks.send(event)
    return delivery?.attempts.at(-1)?.status === 200
  }

  #process(index = Math.floor(Math.random() * this.#fleet.apps.length)): Child {
    return this.#fleet.apps[index % this.#fleet.apps.length]!
  }
}
