import { prepare, run } from './workspace.mjs'

// npm run stress [-- --short --storage store --fault 60]: several processes on one Redis, under load and while it fails.
// CONTRIBUTING.md says what it prints, `--help` what it can be told.

await prepare()
process.exitCode = await run(process.execPath, ['packages/e2e/dist/processes/stress.js', ...process.argv.slice(2)])
