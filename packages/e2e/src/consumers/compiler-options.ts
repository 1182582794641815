/** As `tsc --init` writes them: strict, and the declarations of the packages are checked as well. */
const strict = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  esModuleInterop: true,
  skipLibCheck: false,
  // The compiler's own are sound.
  skipDefaultLibCheck: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'dist',
  noEmitOnError: true,
}

export const browserLib = ['es2023', 'dom', 'dom.iterable']

/** What projects compile with, by how they resolve packages. Programs for Node alone have no types of a browser. */
export const compilerOptions = {
  nodenext: { ...strict, module: 'nodenext', lib: ['es2023'] },
  bundler: { ...strict, module: 'esnext', moduleResolution: 'bundler', lib: browserLib },
} as const
