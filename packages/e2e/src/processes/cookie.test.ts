import { describe } from 'vitest'
import { hasRedis } from '../support/redis.js'
import { clockRows } from './clocks.js'
import { failoverRows } from './failovers.js'
import { logOutRows } from './log-outs.js'
import { loginRows } from './logins.js'
import { providerRows } from './provider-faults.js'
import { refreshRows } from './refreshes.js'
import { useScene } from './scene.js'
import { storeRows } from './store-faults.js'

describe.runIf(hasRedis())('several processes, sessions in the cookie', () => {
  const scene = useScene('cookie', 40)
  logOutRows(scene)
  loginRows(scene)
  refreshRows(scene)
  providerRows(scene)
  clockRows(scene)
  failoverRows(scene)
  storeRows(scene)
})
