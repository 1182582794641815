import type { Harness } from '@scalegate/testing/audits'
import { startProgram } from './program.js'

function expressHarness(version: 4 | 5): Harness {
  const library = version === 4 ? 'express4' : 'express'
  return {
    name: `Express ${version}`,
    start: (settings) => startProgram(settings, { args: ['src/apps/express.mjs', library] }),
  }
}

export const express4: Harness = expressHarness(4)
export const express5: Harness = expressHarness(5)
