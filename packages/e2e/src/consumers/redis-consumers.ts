import { describe, expect, it } from 'vitest'
import { redis, redisDeclarations } from './apps/redis.js'
import { compilerOptions } from './compiler-options.js'
import type { Installation } from './installation.js'
import { nodeFlags } from './module-systems.js'

/** Several processes: the clients are the app's own, and the store imports none of them. */
export function redisConsumers(installed: () => Installation): void {
  const systems = [
    ['ESM', 'module'],
    ['CommonJS', 'commonjs'],
  ] as const

  describe('@scalegate/redis', () => {
    it.each(systems)('takes the clients of both libraries, in types too (nodenext, %s)', async (system, type) => {
      const project = installed().project(`redis-${system}`, {
        type,
        installs: ['@scalegate/redis', '@scalegate/core', 'redis', 'ioredis', 'typescript', '@types/node'],
        files: {
          'app.ts': redis,
          // The libraries' own declarations are not strict enough for these options.
          'tsconfig.json': {
            compilerOptions: { ...compilerOptions.nodenext, skipLibCheck: true },
            include: ['app.ts'],
          },
        },
      })
      expect(await project.compile()).toBe('')
      const { code, output } = await project.node([...nodeFlags[system], 'dist/app.js'])
      expect(code, output).toBe(0)
      const unavailable = Array.from({ length: 4 }, () => 'redis_unavailable')
      expect(JSON.parse(output)).toEqual({ codes: unavailable, health: 'lost' })
    })

    it.each(systems)('compiles where no client is installed (nodenext, %s)', async (system, type) => {
      const project = installed().project(`redis-alone-${system}`, {
        type,
        installs: ['@scalegate/redis', '@scalegate/testing', 'typescript', '@types/node'],
        files: {
          'app.ts': redisDeclarations,
          'tsconfig.json': { compilerOptions: compilerOptions.nodenext, include: ['app.ts'] },
        },
      })
      expect(await project.compile()).toBe('')
      const { code, output } = await project.node([...nodeFlags[system], 'dist/app.js'])
      expect([code, output.trim()]).toEqual([0, 'true'])
    })
  })
}
