import { describe, vi } from 'vitest'
import { expressConsumers } from './express-consumers.js'
import { honoConsumers } from './hono-consumers.js'
import { useInstallation } from './installation.js'
import { isolation } from './isolation.js'
import { nextConsumer } from './next-consumer.js'
import { redisConsumers } from './redis-consumers.js'
import { testingConsumers } from './testing-consumers.js'

// Compilers and a build of Next on a busy machine: slow is not wrong.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 })

/**
 * The packages as users get them: packed, unpacked into projects of their own, and used. One file, because packing is
 * done once and a build of Next is enough for two cores.
 */
describe('installed from a tarball', () => {
  const installed = useInstallation()
  expressConsumers(installed)
  honoConsumers(installed)
  redisConsumers(installed)
  testingConsumers(installed)
  nextConsumer(installed)
  isolation(installed)
})
