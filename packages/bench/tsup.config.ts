import { defineConfig } from 'tsup'

// A program, not a package: nobody imports it, and what it imports stays where it is.
export default defineConfig({
  entry: ['src/bench.ts'],
  format: 'esm',
  target: 'node20',
  skipNodeModulesBundle: true,
  clean: true,
})
