import { mkdirSync, readFileSync } from 'node:fs'
import { chromium } from './chromium.mjs'
import { prepare, prepareApps, root, workspaceCommand } from './workspace.mjs'

// npm test [-- vitest arguments]: installs, builds and runs every test once, with one closing line of counts.

await prepare()
await prepareApps()

if (chromium === undefined && process.env.CI) {
  console.error('Chromium is missing, and CI never skips the browser journeys: .ci/run installs it.')
  process.exit(1)
}
if (chromium === undefined) {
  console.warn('\n  SKIPPED: the browser journeys. No Chromium was found; install it or set CHROMIUM_PATH.\n')
}

mkdirSync(`${root}/artifacts`, { recursive: true })
const results = 'artifacts/test-results.json'
const projects = chromium === undefined ? '--project unit --project servers' : ''
const given = process.argv
  .slice(2)
  .map((argument) => `'${argument.replaceAll("'", "'\\''")}'`)
  .join(' ')
const code = await workspaceCommand(
  `vitest run ${projects} --reporter=default --reporter=json --outputFile.json=${results} ${given}`,
)
const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(`${root}/${results}`, 'utf8'))
console.log(`\n${numPassedTests} passed, ${numFailedTests} failed`)
process.exitCode = code
