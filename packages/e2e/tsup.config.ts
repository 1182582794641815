import { defineConfig } from 'tsup'

// A program, not a package: nobody imports it, and what it imports stays where it is. It starts others that lie in `src`.
export default defineConfig({
  entry: { stress: 'src/processes/stress/main.ts' },
  outDir: 'dist/processes',
  format: 'esm',
  target: 'node20',
  skipNodeModulesBundle: true,
  clean: true,
})
