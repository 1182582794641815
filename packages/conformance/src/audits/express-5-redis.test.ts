import { afterAll, describe } from 'vitest'
import { hasRedis, startRedis } from '../../../e2e/src/support/redis.js'
import { conform } from '../conform.js'
import { express5InRedis } from '../harnesses/express.js'
import { emulator } from '../providers/emulator.js'

const redis = hasRedis() ? await startRedis() : undefined

describe.runIf(redis !== undefined)('sessions in a store', () => {
  afterAll(() => redis?.remove())
  conform({
    id: 'express-5-redis',
    title: 'Express 5, in Redis',
    harness: express5InRedis(redis?.url ?? ''),
    provider: emulator,
  })
})
