import { type Emulator, startEmulator } from '@scalegate/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prove } from './proof.js'
import { startServer } from './server.js'
import { subjects } from './subjects.js'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
})
afterAll(() => emulator.stop())

describe('the servers that are measured', () => {
  it.each(subjects)('$id lets its cookie in, and nobody without it', async (subject) => {
    const server = await startServer({ program: subject.program, emulator })
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
