import type { Window } from './load.js'
import type { Framework, Subject } from './subjects.js'

/** All windows of a subject, one for each round. */
export interface Measured {
  readonly subject: Subject
  readonly rounds: readonly Window[]
}

/** What a run has found of one subject: medians over its rounds. */
export interface Row {
  readonly id: string
  readonly framework: Framework
  readonly title: string
  readonly cookieBytes: number
  readonly requestsPerSecond: number
  /** Requests per second as a share of the bare framework's of the same round. */
  readonly ofBare: number
  readonly cpu: number
  /** Microseconds of CPU beside the bare framework. */
  readonly addedCpu: number
  readonly p50: number
  readonly p99: number
  readonly answerBytes: number
  readonly setsCookie: boolean
  readonly loader: number
}

export function rowsOf(all: readonly Measured[]): readonly Row[] {
  return all.map(({ subject, rounds }) => {
    const bare = all.find((other) => other.subject.framework === subject.framework)?.rounds ?? []
    const of = (name: 'requestsPerSecond' | 'cpu' | 'p50' | 'p99' | 'loader') =>
      median(rounds.map((round) => round[name]))
    const last = rounds.at(-1)
    return {
      id: subject.id,
      framework: subject.framework,
      title: subject.title,
      cookieBytes: last?.cookieBytes ?? 0,
      requestsPerSecond: of('requestsPerSecond'),
      ofBare: ratio(rounds, bare, 'requestsPerSecond'),
      cpu: of('cpu'),
      addedCpu: median(rounds.map(({ cpu }, round) => cpu - (bare[round]?.cpu ?? Number.NaN))),
      p50: of('p50'),
      p99: of('p99'),
      answerBytes: last?.answerBytes ?? 0,
      setsCookie: last?.setsCookie ?? false,
      loader: of('loader'),
    }
  })
}

/** How the kit stands to the other library on the same framework. */
export interface Comparison {
  readonly kit: string
  readonly other: string
  /** Requests per second, times the other's. */
  readonly throughput: number
  /** The other's CPU for a request, times the kit's. */
  readonly cpu: number
}

export function comparisonsOf(all: readonly Measured[]): readonly Comparison[] {
  const kits = all.filter(({ subject }) => subject.title.startsWith('Scalegate'))
  return kits.flatMap(({ subject, rounds }) => {
    const others = all.filter((other) => other.subject.framework === subject.framework)
    // The bare framework has a column of its own. With Redis, what counts is what Redis adds.
    const compared =
      subject.storage === undefined
        ? others.filter((other) => !kits.includes(other)).slice(1)
        : others.filter((other) => other.subject.id === `${subject.framework}-scalegate-one`)
    return compared.map((other) => ({
      kit: `${subject.framework}: ${subject.title}`,
      other: other.subject.title,
      throughput: ratio(rounds, other.rounds, 'requestsPerSecond'),
      cpu: ratio(other.rounds, rounds, 'cpu'),
    }))
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2
}

/** Round by round, since what else the machine does changes between rounds. */
function ratio(rounds: readonly Window[], others: readonly Window[], name: 'requestsPerSecond' | 'cpu'): number {
  return median(rounds.map((round, index) => round[name] / (others[index]?.[name] ?? Number.NaN)))
}
