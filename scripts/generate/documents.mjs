import { readFileSync, writeFileSync } from 'node:fs'
import { root } from '../workspace.mjs'
import { conformance } from './conformance.mjs'
import { cookieReference } from './cookie-reference.mjs'
import { emulatorCoverage } from './emulator-coverage.mjs'
import { environmentReference } from './environment-reference.mjs'
import { errorReference } from './error-reference.mjs'
import { eventReference } from './event-reference.mjs'
import { optionsReference } from './options-reference.mjs'
import { pluginReference } from './plugin-reference.mjs'
import { routeReference } from './route-reference.mjs'

// Writes the documents that are made from the code; with --check, fails where a committed one differs.

const documents = {
  'docs/reference/options.md': optionsReference(),
  'docs/reference/environment.md': environmentReference(),
  'docs/reference/routes.md': await routeReference(),
  'docs/reference/plugins.md': await pluginReference(),
  'docs/reference/cookies.md': await cookieReference(),
  'docs/reference/events.md': eventReference(),
  'docs/reference/errors.md': await errorReference(),
  'docs/reference/conformance.md': conformance(),
  'docs/reference/emulator-coverage.md': await emulatorCoverage(),
}

let stale = 0
for (const [path, text] of Object.entries(documents)) {
  const file = `${root}/${path}`
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text)
    continue
  }
  if (read(file) === text) continue
  stale += 1
  console.error(`${path} is not what the code says; run: npm run docs`)
}
process.exitCode = stale === 0 ? 0 : 1

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
