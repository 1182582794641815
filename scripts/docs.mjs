import { prepare, run } from './workspace.mjs'

// npm run docs: writes the documents that are generated from the code.

await prepare()
process.exitCode = await run(process.execPath, ['scripts/generate/documents.mjs'])
