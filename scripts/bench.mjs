import { prepare, run } from './workspace.mjs'

// npm run bench [-- --quick --only hono]: what one authenticated request costs. packages/bench/README.md has the options.

await prepare()
process.exitCode = await run(process.execPath, ['packages/bench/dist/bench.js', ...process.argv.slice(2)])
