import type { Harness } from '@scalegate/testing/audits'
import { startProgram } from './program.js'

function expressHarness(version: 4 | 5): Harness {
  const library = version === 4 ? 'express4' : 'express'
  return {
    name: `Express ${version}`,
    start: (settings) => startProgram(settings, { args: ['src/apps/express.mjs', library] }),
  }
}

const oneCookie = 'The cookie is a short random handle: it has no chunks and no seal.'
const sameCookie = 'A refresh changes the record in the store, and the handle stays.'
const clockOfRedis = 'What a failed refresh holds back lies in Redis, whose clock the audit cannot move.'

/** Express 5 with its sessions in a Redis, which outlives the app. */
export function express5InRedis(url: string): Harness {
  return {
    name: 'Express 5, sessions in Redis',
    differs: {
      v4sz: oneCookie,
      prz6: oneCookie,
      '7fmn': oneCookie,
      d3s5: oneCookie,
      '99pk': sameCookie,
      dv2w: sameCookie,
      j62b: sameCookie,
      bnxb: sameCookie,
      t3h5: sameCookie,
      kvht: sameCookie,
      gv6w: clockOfRedis,
      '3gnr': clockOfRedis,
      '5tmj': clockOfRedis,
    },
    start: (settings) => express5.start({ ...settings, env: { ...settings.env, REDIS_URL: url } }),
  }
}

export const express4: Harness = expressHarness(4)
export const express5: Harness = expressHarness(5)
