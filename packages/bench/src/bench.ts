import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startEmulator } from '@scalegate/emulator'
import { hasRedis, startRedis } from '../../e2e/src/support/redis.js'
import { comparisonsOf, rowsOf } from './comparison.js'
import { load, type Window } from './load.js'
import { type Proven, path, prove } from './proof.js'
import { type Server, startServer } from './server.js'
import { type Subject, subjects } from './subjects.js'
import { table } from './table.js'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    connections: { type: 'string', default: '32' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds ?? (values.quick ? 1 : 2))
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7))
const connections = Number(values.connections)
const named = subjects.filter(({ id }) => values.only === undefined || id.includes(values.only))
const redisIsThere = named.some(({ storage }) => storage !== undefined) && hasRedis()
const chosen = named.filter(({ storage }) => storage === undefined || redisIsThere)
if (!(seconds > 0 && rounds >= 1 && connections >= 1))
  throw new RangeError('Seconds, rounds and connections are numbers above 0.')
if (chosen.length === 0)
  throw new RangeError(`--only is part of one of these: ${subjects.map(({ id }) => id).join(', ')}`)

/** Sent and not counted, so that every window begins at full load. */
const runIn = 0.25

const results = fileURLToPath(new URL('../results', import.meta.url))
mkdirSync(results, { recursive: true })
say(
  `${chosen.length} servers, ${rounds} rounds of ${seconds} s, ${connections} connections, Node ${process.versions.node}`,
)

// Tokens that outlive the run: nothing is refreshed in it.
const emulator = await startEmulator({ port: 0, settings: { accessTokenLifetime: 86_400, idTokenLifetime: 86_400 } })
const redis = redisIsThere ? await startRedis() : undefined
const started: Server[] = []
try {
  const prepared: { subject: Subject; server: Server; proven: Proven; windows: Window[] }[] = []
  for (const subject of chosen) {
    const nodeArguments = values.profile
      ? ['--cpu-prof', `--cpu-prof-dir=${results}`, `--cpu-prof-name=${subject.id}.cpuprofile`]
      : []
    const { program, storage } = subject
    const store = redis && storage && { redis: { url: redis.url, storage } }
    const server = await startServer({ program, emulator, nodeArguments, ...store })
    started.push(server)
    prepared.push({ subject, server, proven: await prove(subject, server), windows: [] })
  }
  say('proven: each lets its cookie in, and no other')

  for (let round = 0; round <= rounds; round += 1) {
    for (const { subject, server, proven, windows } of prepared) {
      const nextCookie = await cookiesFor(subject, proven, windows.at(-1))
      windows.push(await load({ server, path, body: proven.body, nextCookie, connections, seconds, runIn }))
    }
    say(round === 0 ? 'warm' : `round ${round} of ${rounds}`)
  }
  // The first is the warm-up.
  const measured = prepared.map(({ subject, windows }) => ({ subject, rounds: windows.slice(1) }))
  const [rows, comparisons] = [rowsOf(measured), comparisonsOf(measured)]
  const machine = {
    node: process.versions.node,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    date: new Date().toISOString(),
  }
  const file = `${results}/latest.json`
  writeFileSync(file, `${JSON.stringify({ machine, seconds, connections, rows, comparisons, measured }, null, 2)}\n`)
  process.stdout.write(`\n${table(rows, comparisons)}\n${file}\n`)
} finally {
  for (const server of started) await server.stop()
  await emulator.stop()
  await redis?.remove()
}

/** Enough of them for a window at the speed of the last one, and half as many more; a window that runs out is shorter. */
async function cookiesFor(
  subject: Subject,
  proven: Proven,
  last: Window | undefined,
): Promise<() => string | undefined> {
  if (subject.cookies !== 'new') return () => proven.cookie ?? ''
  const expected = (last?.requestsPerSecond ?? 1500) * (seconds + runIn)
  const cookies = [...(await proven.newCookies(Math.ceil(expected * 1.5)))]
  return () => cookies.pop()
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
