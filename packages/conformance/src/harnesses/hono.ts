import type { Harness } from '@scalegate/testing/audits'
import { startProgram } from './program.js'

export const hono: Harness = {
  name: 'Hono',
  start: (settings) => startProgram(settings, { args: ['src/apps/hono.mjs'] }),
}
