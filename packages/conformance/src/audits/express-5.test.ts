import { conform } from '../conform.js'
import { express5 } from '../harnesses/express.js'
import { emulator } from '../providers/emulator.js'

conform({ id: 'express-5', title: 'Express 5', harness: express5, provider: emulator })
