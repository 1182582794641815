import { mkdirSync, readFileSync } from 'node:fs'
import { chromium } from './chromium.mjs'
import { waitingTests } from './waiting.mjs'
import { prepare, prepareApps, root, workspaceCommand } from './workspace.mjs'

// npm test [-- vitest arguments]: installs, builds and runs every test once, with one closing line of counts.

if (chromium === undefined && process.env.CI) {
  console.error('Chromium is missing, and CI never skips the browser journeys: .ci/run installs it.')
  process.exit(1)
}
if (chromium === undefined) {
  console.warn('\n  SKIPPED: the browser journeys. No Chromium was found; install it or set CHROMIUM_PATH.\n')
}

mkdirSync(`${root}/artifacts`, { recursive: true })
const withoutBrowser = '--project unit --project servers'
const projects = chromium === undefined ? withoutBrowser : ''
const quoted = (argument) => `'${argument.replaceAll("'", "'\\''")}'`
const given = process.argv.slice(2).map(quoted).join(' ')

/** The exit code, and how many tests passed and failed. */
async function vitest(name, args, options) {
  const results = `artifacts/${name}.json`
  const reporters = `--reporter=default --reporter=json --outputFile.json=${results}`
  const code = await workspaceCommand(`vitest run ${reporters} ${args}`, options)
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(`${root}/${results}`, 'utf8'))
  return { code, passed: numPassedTests, failed: numFailedTests }
}

await prepare()
const runs = []
if (given === '') {
  // These need no Next app, whose builds leave a core idle.
  const waiting = waitingTests.map((path) => path.replace('**', '')).join(' ')
  const waited = vitest('test-results-waiting', `${withoutBrowser} ${waiting}`, { held: true })
  await prepareApps()
  runs.push(await vitest('test-results', projects, { env: { TESTS: 'without-waiting' } }), await waited)
} else {
  await prepareApps()
  runs.push(await vitest('test-results', `${projects} ${given}`))
}
const sum = (count) => runs.reduce((total, run) => total + run[count], 0)
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
process.exitCode = runs.some(({ code }) => code !== 0) ? 1 : 0
