import { parseArgs } from 'node:util'
import { scalegate } from '@scalegate/hono'
import { signedIn } from '@scalegate/testing'
import { Hono } from 'hono'

// What revocation marks cost one process: npm run bench -- marks [--count 1000000]. It is told of them by the feed of a store,
// as it is after a start.

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000000' } } })
const count = Number(values.count)
if (!(count >= 1)) throw new RangeError('--count is a number above 0.')

type Store = NonNullable<NonNullable<Parameters<typeof scalegate>[0]>['store']>
type Follower = Parameters<Store['marks']['follow']>[0]

/** Keeps nothing: it hears what the kit calls a mark, and tells as many as it is asked to. */
const since = Date.now() / 1000 - 3600
const names: string[] = []
let tell: Follower | undefined
const store: Store = {
  get: async () => undefined,
  set: async () => true,
  delete: async () => false,
  raise: async () => undefined,
  marks: {
    write: async (marks) => void names.push(...marks.map(({ name }) => name)),
    read: async (keys) => ({ since, at: keys.map(() => undefined) }),
    follow(follower) {
      tell = follower
      follower.current(0, since)
      return () => undefined
    },
  },
  close: async () => undefined,
}

const options = {
  issuer: 'https://bench.scalekit.example',
  clientId: 'skc_58327482062864390',
  clientSecret: 'bench-client-secret-of-no-use',
  cookieSecret: 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j',
  baseUrl: 'https://app.example',
  store,
  revocation: { maxStaleness: 60 },
}
const auth = scalegate(options)
const app = new Hono()
app.use('*', auth)
app.get('/members', auth.requireAuth(), (c) => c.text(c.var.auth.user.id))

const sid = 'ses_58327482062864390'
const leaving = await signedIn({ sid }, options)
const staying = await signedIn({ sid: 'ses_1' }, options)
await app.request('https://app.example/auth/logout', {
  method: 'POST',
  headers: { cookie: leaving.cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' },
})
const template = names.find((name) => name.includes(sid))
if (template === undefined || tell === undefined) throw new Error('The kit has written no mark of a session.')

const [requestBefore, memoryBefore] = [await request(), memory()]
const begun = performance.now()
for (let told = 0; told < count; told += 1000) {
  const marks = Array.from({ length: Math.min(1000, count - told) }, (_, index) => ({
    // A text of its own, as one that came over a socket.
    name: Buffer.from(template.replace(sid, `ses_${58_327_482_000_000 + told + index}`)).toString(),
    at: since + told / 1000,
  }))
  tell.marks(marks)
}
const [learnt, memoryAfter] = [performance.now() - begun, memory()]
// The feed says often that it is up to date.
tell.current(0, since)
const requestAfter = await request()

// Proof that they are known: the last one ends its session.
const ended = await signedIn(
  { sid: `ses_${58_327_482_000_000 + count - 1}`, loggedInAt: Math.floor(since) - 60 },
  options,
)
const refused = await app.request('https://app.example/members', { headers: { cookie: ended.cookie } })
if (refused.status !== 401) throw new Error(`A session that was ended got ${refused.status}.`)

const megabytes = (memoryAfter - memoryBefore) / 1_000_000
process.stdout.write(
  [
    `marks               ${count.toLocaleString('en')}`,
    `memory              ${megabytes.toFixed(1)} MB, ${((megabytes * 1e6) / count).toFixed(0)} B each`,
    `told in             ${(learnt / 1000).toFixed(2)} s`,
    `a guarded request   ${requestBefore.toFixed(1)} µs before, ${requestAfter.toFixed(1)} µs after (median of 9 rounds of 3,000)`,
    '',
  ].join('\n'),
)
process.exit(0)

/** Microseconds of one guarded request with a cookie that was seen before, each looking its session up among the marks. */
async function request(): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < 10; round += 1) {
    const started = performance.now()
    for (let index = 0; index < 3000; index += 1) {
      const answer = await app.request('https://app.example/members', { headers: { cookie: staying.cookie } })
      if (answer.status !== 200) throw new Error(`The guard answered ${answer.status}.`)
    }
    // The first is the warm-up.
    if (round > 0) rounds.push(((performance.now() - started) / 3000) * 1000)
  }
  return rounds.toSorted((one, other) => one - other)[4] ?? 0
}

function memory(): number {
  if (globalThis.gc === undefined) throw new Error('Run it with --expose-gc, as npm run bench does.')
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
