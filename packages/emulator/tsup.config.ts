import type { Options } from 'tsup'
import { packageConfig } from '../../tsup.base.js'

// The worker and the bin are ESM only: the worker loads the engine, which is, and nobody requires a bin.
const [esm, cjs] = packageConfig({
  entry: { index: 'src/index.ts', bin: 'src/bin.ts', worker: 'src/worker.ts' },
}) as [Options, Options]

const dts = { ...(esm.dts as object), entry: { index: 'src/index.ts' } }

export default [
  { ...esm, dts },
  // `import.meta.url` finds the worker; CommonJS needs the shim for it.
  { ...cjs, dts, entry: { index: 'src/index.ts' }, shims: true },
] satisfies Options[]
