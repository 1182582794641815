import type { Answer, Rider } from './rider.js'

/** Milliseconds after which everybody has to be served again once what was away is back. */
const recovery = 5000

type Asking = Pick<Rider, 'sid' | 'state' | 'outSince'>

/** What has been seen of the answers in one phase. */
export class Tally {
  readonly #answers: Answer[] = []
  /** Sessions that were refused although nobody had ended them. */
  readonly lost = new Set<string>()
  /** Sessions that were let in although their log-out had been acknowledged for longer than the bound. */
  readonly revived = new Set<string>()
  /** Answers that spoke of another session than the one that asked. */
  foreign = 0
  /** Answers that nobody may get: 500 and its kin, and none at all. */
  failed = 0
  /** Answers of the roll-call that were not the one there is: 200 to who stays, 401 to who left. */
  unsettled = 0
  /** When what was away has come back; from then on 503 has to end. */
  backAt: number | undefined
  /** The longest that a session was let in after its log-out had been acknowledged, in milliseconds. */
  latest = 0
  readonly #bound: number

  /** @param bound milliseconds for which another process may believe an ended session. */
  constructor(bound: number) {
    this.#bound = bound
  }

  add(rider: Asking, answer: Answer): void {
    this.#answers.push(answer)
    if (![200, 401, 503].includes(answer.status)) this.failed += 1
    if (answer.status === 200 && answer.sid !== rider.sid) this.foreign += 1
    if (answer.status === 401 && rider.state === 'in') this.lost.add(rider.sid)
    if (answer.status !== 200) return
    const since = answer.sentAt - rider.outSince
    if (since > 0) this.latest = Math.max(this.latest, since)
    if (since > this.#bound) this.revived.add(rider.sid)
  }

  /** At the end, when everything is there: 503 is no answer any more, and no log-out waits to be acknowledged. */
  settle(rider: Asking, answer: Answer): void {
    this.add(rider, answer)
    const expected = { in: 200, out: 401, leaving: undefined }[rider.state]
    if (answer.status !== expected) this.unsettled += 1
  }

  /** What makes the run a failure. */
  get problems(): readonly string[] {
    const { lost, revived, foreign, failed, unsettled, backAt } = this
    const wrong = {
      'sessions lost': lost.size,
      'sessions revived': revived.size,
      'foreign answers': foreign,
      'answers with 500, or none': failed,
      'wrong answers to the roll-call': unsettled,
    }
    const found = Object.entries(wrong).filter(([, count]) => count > 0)
    const late = backAt === undefined ? 0 : this.recoveredAfter(backAt)
    return [
      ...found.map(([what, count]) => `${count} ${what}`),
      ...(late > recovery ? [`refused until ${late.toFixed(0)} ms after it was back`] : []),
    ]
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
