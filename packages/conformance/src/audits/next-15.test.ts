import { conform } from '../conform.js'
import { next15 } from '../harnesses/next.js'
import { emulator } from '../providers/emulator.js'

conform({ id: 'next-15', title: 'Next 15', harness: next15, provider: emulator })
