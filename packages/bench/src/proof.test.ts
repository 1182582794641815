import { type Emulator, startEmulator } from '@scalegate/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, type RedisServer, startRedis } from '../../e2e/src/support/redis.js'
import { prove } from './proof.js'
import { startServer } from './server.js'
import { subjects } from './subjects.js'

let emulator: Emulator
let redis: RedisServer | undefined
const redisIsThere = hasRedis()
const startable = subjects.filter(({ storage }) => storage === undefined || redisIsThere)

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  redis = redisIsThere ? await startRedis() : undefined
})
afterAll(async () => {
  await emulator.stop()
  await redis?.remove()
})

describe('the servers that are measured', () => {
  it.each(startable)('$id lets its cookie in, and nobody without it', async (subject) => {
    const { program, storage } = subject
    const store = redis && storage && { redis: { url: redis.url, storage } }
    const server = await startServer({ program, emulator, ...store })
    try {
      const { cookie, newCookies } = await prove(subject, server)
      expect(cookie === undefined).toBe(subject.cookies === 'none')
      const made = await newCookies(subject.cookies === 'new' ? 64 : 0)
      expect(new Set(made).size).toBe(subject.cookies === 'new' ? 64 : 0)
    } finally {
      await server.stop()
    }
  })

  it('a server that lets everybody in gets no number', async () => {
    const server = await startServer({ program: 'hono-bare.mjs', emulator })
    try {
      const [subject] = subjects.filter(({ guarded }) => guarded)
      await expect(prove(subject!, server)).rejects.toThrow(/not measured: no cookie gets 200/)
    } finally {
      await server.stop()
    }
  })
})
