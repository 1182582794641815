import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { prepare, root, run, workspaceCommand } from './workspace.mjs'

// npm run check [-- --rest]: everything that must hold before a change lands. --rest leaves the tests out, for .ci/run.

await prepare()
const published = readdirSync(`${root}/packages`).filter((name) => {
  const manifest = `${root}/packages/${name}/package.json`
  return existsSync(manifest) && !JSON.parse(readFileSync(manifest, 'utf8')).private
})
const inPackages = (command) => published.map((name) => `(cd packages/${name} && ${command})`).join(' && ')
const workspace = (command) => () => workspaceCommand(command, { quiet: true })

/** With the machine to themselves: they measure what it does in a second. */
const alone = [['stress, short form', () => run(process.execPath, ['scripts/stress.mjs', '--short'])]]
const checks = [
  ['tour', () => run(process.execPath, ['scripts/demo.mjs', '--tour'], { held: true })],
  ['lint and format', workspace('biome ci . --error-on-warnings')],
  ['types', workspace('turbo run typecheck --output-logs=errors-only')],
  ['documents are generated from the code', workspace('node scripts/generate/documents.mjs --check')],
  ['packages: publint', workspace(inPackages('publint --strict'))],
  // CommonJS finds the types by `exports`; the old node10 resolution is not supported.
  ['packages: are the types wrong', workspace(inPackages('attw --pack . --profile node16 --format ascii --no-color'))],
  ['packages: sizes', workspace('size-limit')],
  ['unused files, exports and dependencies', workspace('knip')],
  ['advisories in what users install', workspace('pnpm audit --prod --audit-level high --ignore-registry-errors')],
]
if (!process.argv.includes('--rest')) alone.unshift(['tests', () => run(process.execPath, ['scripts/test.mjs'])])
const total = alone.length + checks.length

let failed = 0
async function judge([title, check]) {
  const started = Date.now()
  const ok = (await check()) === 0
  if (!ok) failed += 1
  console.log(`${ok ? '✓' : '✗'} ${title}  (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

for (const check of alone) await judge(check)
// These know nothing of each other; each takes the next when it is done.
const lanes = Array.from({ length: availableParallelism() }, async () => {
  for (let check = checks.shift(); check !== undefined; check = checks.shift()) await judge(check)
})
await Promise.all(lanes)
console.log(`\nchecks: ${total - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
