import { prepare, run } from './workspace.mjs'

// npm run bench [-- --quick --only hono]: what one authenticated request costs. packages/bench/README.md has the options.
// npm run bench -- marks: what revocation marks cost one process.

const [first, ...others] = process.argv.slice(2)
const program =
  first === 'marks'
    ? ['--expose-gc', 'packages/bench/dist/marks.js', ...others]
    : ['packages/bench/dist/bench.js', ...process.argv.slice(2)]

await prepare()
process.exitCode = await run(process.execPath, program)
