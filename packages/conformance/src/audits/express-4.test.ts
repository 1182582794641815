import { conform } from '../conform.js'
import { express4 } from '../harnesses/express.js'
import { emulator } from '../providers/emulator.js'

conform({ id: 'express-4', title: 'Express 4', harness: express4, provider: emulator })
