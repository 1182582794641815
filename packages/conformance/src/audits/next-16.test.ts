import { conform } from '../conform.js'
import { next16 } from '../harnesses/next.js'
import { emulator } from '../providers/emulator.js'

conform({ id: 'next-16', title: 'Next 16', harness: next16, provider: emulator })
