import type { Options } from 'tsup'
import { packageConfig } from '../../tsup.base.js'

/** Every browser that has constructable style sheets can read this. */
const target = 'es2022'

const plain = packageConfig({
  entry: { index: 'src/index.ts', csp: 'src/csp.ts' },
  splitting: false,
  target,
}) as Options[]

const react = packageConfig({
  entry: { react: 'src/react.ts' },
  splitting: false,
  target,
  // The element is registered once, whichever entries an app uses.
  external: ['@scalegate/browser'],
}) as Options[]

export default [...plain, ...react]
