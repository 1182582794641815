import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { chromium, headlessShell } from './scripts/chromium.mjs'
import { waitingTests } from './scripts/waiting.mjs'

const browsers = chromium && headlessShell ? { CHROMIUM_PATH: chromium, CHROMIUM_SHELL_PATH: headlessShell } : {}
// What is waited for comes late on a busy machine.
const patient = { poll: { timeout: 10_000 } }
const elsewhere = process.env.TESTS === 'without-waiting' ? waitingTests : []

/** Vitest begins with the largest files on a fresh machine; of these few lines start whole apps. Begun last, they keep one core only. */
const longest = [
  'e2e/src/processes/',
  'e2e/src/consumers/',
  'e2e/src/readme/documents',
  'e2e/src/next/next',
  'conformance/src/audits/',
  'e2e/src/browser/appearance',
  'e2e/src/browser/settings-permissions',
  'e2e/src/browser/back-office',
  'e2e/src/browser/',
]

function rankOf({ moduleId }: TestSpecification): number {
  const rank = longest.findIndex((part) => moduleId.includes(part))
  return rank === -1 ? longest.length : rank
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other))
  }
}

export default defineConfig({
  test: {
    // One core fewer, the default, leaves half of a small machine idle.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          expect: patient,
          // Properties run a thousand times; a busy machine is not a failure.
          testTimeout: 60_000,
          include: [
            'packages/core/src/**/*.test.ts',
            'packages/conformance/src/*.test.ts',
            'packages/emulator/src/pages/**/*.test.ts',
            'packages/browser/src/**/*.test.ts',
          ],
          exclude: ['**/*.browser.test.ts', ...elsewhere],
        },
      },
      {
        test: {
          name: 'servers',
          expect: patient,
          include: [
            'packages/{express,hono,next,plugins,redis,testing,emulator,e2e,bench}/src/**/*.test.ts',
            'packages/conformance/src/audits/*.test.ts',
          ],
          exclude: ['packages/emulator/src/pages/**', '**/*.browser.test.ts', '**/*.alone.test.ts', ...elsewhere],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          expect: patient,
          env: browsers,
          include: ['packages/{browser,e2e,testing}/src/**/*.browser.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // When the servers' tests are done, which count what one process does in a second.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'alone',
          expect: patient,
          env: browsers,
          include: ['packages/e2e/src/browser/*.alone.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
