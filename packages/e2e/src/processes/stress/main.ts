import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hasRedis } from '../../support/redis.js'
import { type Fleet, type Storage, startFleet } from '../fleet.js'
import { Crowd } from './crowd.js'
import { type Outage, providerDown, redisFrozen, redisKilled } from './outages.js'
import { Tally } from './tally.js'

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    storage: { type: 'string' },
    sessions: { type: 'string' },
    parallel: { type: 'string', default: '50' },
    fault: { type: 'string' },
  },
})
const help = `npm run stress [-- OPTIONS]: several processes on one Redis, under load and while something is away

  --short              20 seconds of it
  --storage NAME       cookie or store; else one after the other
  --sessions COUNT     who is signed in; 200
  --parallel COUNT     requests of each session at once when its token is over; 50
  --fault SECONDS      how long Redis is killed, how long it is frozen, and how long the provider is away; 3, 3 and 12`
const sessions = Number(values.sessions ?? (values.short ? 24 : 200))
const parallel = Number(values.parallel)
if (!(sessions >= 4 && parallel >= 1)) throw new RangeError('There are at least 4 sessions and 1 request.')
/** Seconds of each fault, where they are all to be as long. */
const fault = values.fault === undefined ? undefined : Number(values.fault)
if (fault !== undefined && !(fault >= 1 && fault <= 600)) throw new RangeError('--fault is 1 to 600 seconds.')
if (values.storage !== undefined && values.storage !== 'cookie' && values.storage !== 'store')
  throw new RangeError('--storage is cookie or store.')
const both: readonly Storage[] = values.short ? ['store'] : ['cookie', 'store']
const storages = values.storage === undefined ? both : [values.storage as Storage]

/** Seconds: a token is believed for ten at least, and what was confirmed within one of them is so for another. */
const untilDue = 11
const problems: string[] = []

if (values.help) console.log(help)
else if (hasRedis()) {
  const startedAt = performance.now()
  for (const storage of storages) await stress(storage)
  say(`\n${since(startedAt)}`)
  for (const problem of problems) console.log(`✗ ${problem}`)
  console.log(
    problems.length === 0
      ? '✓ nobody lost, nobody revived, one token call for each rotation, everybody served again'
      : '',
  )
  process.exitCode = problems.length === 0 ? 0 : 1
}

async function stress(storage: Storage): Promise<void> {
  const startedAt = performance.now()
  const fleet = await startFleet({ storage, settings: { accessTokenLifetime: 10 } })
  try {
    const crowd = await Crowd.signIn(fleet, sessions)
    const inAt = Math.max(performance.now(), fleet.settledAt)
    say(`\nSessions in the ${storage}: ${sessions}, on ${fleet.apps.length} processes, signed in ${since(startedAt)}`)
    const run = (name: string, work: (tally: Tally) => Promise<void>) => phase(fleet, crowd, name, work)
    const breakdown = (name: string, what: Outage) => run(name, (tally) => outage(crowd, tally, what))

    const logOuts = () =>
      run('log-outs', (tally) => crowd.during(tally, () => crowd.leave(sessions / 4, values.short ? 1.5 : 5)))
    const storm = async () => {
      await sleep(inAt + untilDue * 1000 - performance.now())
      await run('expired tokens', async (tally) => {
        await crowd.storm(tally, parallel)
        await countRotations(fleet, crowd.staying.length)
      })
    }

    if (values.short) {
      // What needs no expired token, while they expire.
      await logOuts()
      await breakdown('Redis killed', redisKilled(fleet, fault ?? 1))
      await storm()
    } else {
      await storm()
      await logOuts()
      await breakdown('Redis killed', redisKilled(fleet, fault ?? 3))
      await breakdown('Redis frozen', redisFrozen(fleet, fault ?? 3))
      // Longer than the tokens live, so that everybody needs it.
      await breakdown('provider down', providerDown(fleet, fault ?? untilDue + 1))
    }
    await run('roll-call', (tally) => crowd.roll(tally))
  } finally {
    await fleet.stop()
  }
}

async function outage(crowd: Crowd, tally: Tally, { begin, seconds, end }: Outage): Promise<void> {
  let [wentAt, cameAt] = [0, 0]
  await crowd.during(tally, async () => {
    await sleep(values.short ? 200 : 1000)
    wentAt = performance.now()
    const leaving = crowd.leave(sessions / 20, seconds)
    await begin()
    await sleep(seconds * 1000)
    await end()
    cameAt = performance.now()
    tally.backAt = cameAt
    await leaving
    await quiet(tally)
  })
  const first = tally.firstRefusalAfter(wentAt)
  const served = `all served again ${ms(tally.recoveredAfter(cameAt))} after it was back`
  say(`  away for ${seconds} s, first 503 after ${ms(first)}, ${served}`)
}

/** Until nobody has been refused for a second, or it takes too long. */
async function quiet(tally: Tally): Promise<void> {
  const from = performance.now()
  const isQuiet = () => performance.now() - 1000 - tally.recoveredAfter(from) > from
  while (!isQuiet() && performance.now() - from < 8000) await sleep(100)
}

async function phase(fleet: Fleet, crowd: Crowd, name: string, work: (tally: Tally) => Promise<void>): Promise<void> {
  await fleet.provider.control.clearRequests()
  const startedAt = performance.now()
  // Where the session lies in the cookie, another process may believe its copy of the marks for two seconds.
  const tally = new Tally(fleet.storage === 'cookie' ? 2000 : 0)
  await work(tally)
  const { count, statuses, lost, revived, latest } = tally
  const latency = `p50 ${ms(tally.quantile(0.5))}, p99 ${ms(tally.quantile(0.99))}`
  say(`  ${name}: ${count} requests (${statuses}) in ${since(startedAt)}, ${latency}`)
  const ended = crowd.riders.length - crowd.staying.length
  say(
    `    lost ${lost.size} of ${crowd.staying.length}, revived ${revived.size} of ${ended}, latest ${ms(latest)} after`,
  )
  problems.push(...tally.problems.map((problem) => `${fleet.storage}, ${name}: ${problem}`))
}

/** One token call for each session, whatever the number of requests. */
async function countRotations(fleet: Fleet, expected: number): Promise<void> {
  const calls = new Map<string, number>()
  const refreshes = await fleet.provider.refreshes()
  for (const { sid = 'refused' } of refreshes) calls.set(sid, (calls.get(sid) ?? 0) + 1)
  const once = [...calls.values()].filter((count) => count === 1).length
  say(`  token calls: ${refreshes.length} for ${expected} sessions, exactly 1 in ${once} of ${expected}`)
  if (once !== expected || refreshes.length !== expected)
    problems.push(`${fleet.storage}: ${refreshes.length} token calls for ${expected} sessions`)
}

function say(line: string): void {
  console.log(line)
}

function ms(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms` : 'never'
}

function since(instant: number): string {
  return `${((performance.now() - instant) / 1000).toFixed(1)} s`
}
