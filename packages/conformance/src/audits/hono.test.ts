import { conform } from '../conform.js'
import { hono } from '../harnesses/hono.js'
import { emulator } from '../providers/emulator.js'

conform({ id: 'hono', title: 'Hono', harness: hono, provider: emulator })
