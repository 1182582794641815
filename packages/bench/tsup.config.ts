import { defineConfig } from 'tsup'

// Programs, not a package: nobody imports it, and what it imports stays where it is.
export default defineConfig({
  entry: ['src/bench.ts', 'src/marks.ts'],
  format: 'esm',
  target: 'node20',
  skipNodeModulesBundle: true,
  clean: true,
})
