import { describe } from 'vitest'
import { hasRedis } from '../support/redis.js'
import { logOutRows } from './log-outs.js'
import { providerRows } from './provider-faults.js'
import { refreshRows } from './refreshes.js'
import { useScene } from './scene.js'
import { storeRows } from './store-faults.js'

describe.runIf(hasRedis())('several processes, sessions in the cookie', () => {
  const scene = useScene('cookie', 30)
  logOutRows(scene)
  refreshRows(scene)
  providerRows(scene)
  storeRows(scene)
})
