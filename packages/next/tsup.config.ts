import type { Options } from 'tsup'
import { packageConfig } from '../../tsup.base.js'

const server = packageConfig({ entry: { index: 'src/index.ts' }, splitting: false }) as Options[]

const client = packageConfig({
  entry: { client: 'src/client.tsx' },
  splitting: false,
  // esbuild drops the directive of a bundled module, and without it Next would take the entry for server code.
  banner: { js: "'use client'" },
}) as Options[]

export default [...server, ...client]
