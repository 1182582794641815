import { packageConfig } from '../../tsup.base.js'

export default packageConfig({
  entry: { index: 'src/index.ts', 'no-augment': 'src/no-augment.ts' },
  // esbuild loses `export *` of an external package when it moves it into a shared chunk.
  splitting: false,
})
