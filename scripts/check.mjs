import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { prepare, root, run, workspaceCommand } from './workspace.mjs'

// npm run check [-- --rest]: everything that must hold before a change lands. --rest leaves the tests out, for .ci/run.

await prepare()
const published = readdirSync(`${root}/packages`).filter((name) => {
  const manifest = `${root}/packages/${name}/package.json`
  return existsSync(manifest) && !JSON.parse(readFileSync(manifest, 'utf8')).private
})
const inPackages = (command) => published.map((name) => `(cd packages/${name} && ${command})`).join(' && ')
const workspace = (command) => () => workspaceCommand(command, { quiet: true })

const checks = [
  ['lint and format', workspace('biome ci . --error-on-warnings')],
  ['types', workspace('turbo run typecheck --output-logs=errors-only')],
  ['documents are generated from the code', workspace('node scripts/generate/documents.mjs --check')],
  ['packages: publint', workspace(inPackages('pnpm exec publint --strict'))],
  // CommonJS finds the types by `exports`; the old node10 resolution is not supported.
  [
    'packages: are the types wrong',
    workspace(inPackages('pnpm exec attw --pack . --profile node16 --format ascii --no-color')),
  ],
  ['packages: sizes', workspace('size-limit')],
  ['unused files, exports and dependencies', workspace('knip')],
  ['advisories in what users install', workspace('pnpm audit --prod --audit-level high --ignore-registry-errors')],
  ['stress, short form', () => run(process.execPath, ['scripts/stress.mjs', '--short'])],
  ['tour', () => run(process.execPath, ['scripts/demo.mjs', '--tour'])],
]
if (!process.argv.includes('--rest')) checks.unshift(['tests', () => run(process.execPath, ['scripts/test.mjs'])])

let failed = 0
for (const [title, check] of checks) {
  const started = Date.now()
  const ok = (await check()) === 0
  if (!ok) failed += 1
  console.log(`${ok ? '✓' : '✗'} ${title}  (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}
console.log(`\nchecks: ${checks.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
