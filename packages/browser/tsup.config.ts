import { rmSync } from 'node:fs'
import type { Options } from 'tsup'
import { packageConfig } from '../../tsup.base.js'

// tsup's `clean` removes declarations when its own build of them begins, which may be after another build's are there.
rmSync('dist', { recursive: true, force: true })

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

export default [...plain, ...react].map((config) => ({ ...config, clean: false }))
