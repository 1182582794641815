import type { Answer, Rider } from './rider.js'

/** What has been seen of the answers in one phase. */
export class Tally {
  readonly #answers: Answer[] = []
  /** Sessions that were refused although nobody had ended them. */
  readonly lost = new Set<string>()
  /** Sessions that were let in although their log-out had been acknowledged for longer than the bound. */
  readonly revived = new Set<string>()
  /** Answers that spoke of another session than the one that asked. */
  foreign = 0
  /** The longest that a session was let in after its log-out had been acknowledged, in milliseconds. */
  latest = 0
  readonly #bound: number

  /** @param bound milliseconds for which another process may believe an ended session. */
  constructor(bound: number) {
    this.#bound = bound
  }

  add(rider: Rider, answer: Answer): void {
    this.#answers.push(answer)
    if (answer.status === 200 && answer.sid !== rider.sid) this.foreign += 1
    if (answer.status === 401 && rider.state === 'in') this.lost.add(rider.sid)
    if (answer.status !== 200) return
    const since = answer.sentAt - rider.outSince
    if (since > 0) this.latest = Math.max(this.latest, since)
    if (since > this.#bound) this.revived.add(rider.sid)
  }

  get count(): number {
    return this.#answers.length
  }

  /** `200: 9980, 503: 20` */
  get statuses(): string {
    const counts = new Map<number, number>()
    for (const { status } of this.#answers) counts.set(status, (counts.get(status) ?? 0) + 1)
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map((pair) => pair.join(': '))
      .join(', ')
  }

  /** Milliseconds of the answers with 200. */
  quantile(share: number): number {
    const sorted = this.#answers
      .filter(({ status }) => status === 200)
      .map(({ sentAt, answeredAt }) => answeredAt - sentAt)
      .sort((a, b) => a - b)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  }

  /** Milliseconds from an instant to the first 503. */
  firstRefusalAfter(instant: number): number {
    const after = this.#answers.filter(({ status, answeredAt }) => status === 503 && answeredAt > instant)
    return Math.min(...after.map(({ answeredAt }) => answeredAt)) - instant
  }

  /** Milliseconds from an instant to the last request that was still refused for want of a service; 0: none was. */
  recoveredAfter(instant: number): number {
    const late = this.#answers.filter(({ status, sentAt }) => (status === 503 || status === 0) && sentAt > instant)
    return Math.max(instant, ...late.map(({ sentAt }) => sentAt)) - instant
  }
}
