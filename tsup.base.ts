import { rmSync } from 'node:fs'
import { defineConfig, type Options } from 'tsup'

/** One build for every published package: ESM, CommonJS and declarations for both. */
export function packageConfig(options: Options): ReturnType<typeof defineConfig> {
  // Before any build begins: `clean` of one removes the declarations that a smaller one beside it has already written.
  rmSync('dist', { recursive: true, force: true })
  const shared: Options = {
    target: 'node20',
    sourcemap: true,
    splitting: true,
    // tsup hands `baseUrl` to the declaration build, which TypeScript 6 reports as deprecated (TS5101).
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    ...options,
  }
  return defineConfig([
    { ...shared, format: 'esm' },
    // jose is ESM only: `require` of it works on Node 20.19+, but not inside Jest.
    { ...shared, format: 'cjs', splitting: false, noExternal: ['jose', ...(options.noExternal ?? [])] },
  ])
}
