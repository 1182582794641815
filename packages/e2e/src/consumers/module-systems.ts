/** How a program loads packages. */
export type ModuleSystem = 'CommonJS' | 'ESM'

/** Jest and older Nodes cannot `require` what is ESM only, so what the packages give to CommonJS must not either. */
export const nodeFlags: Readonly<Record<ModuleSystem, readonly string[]>> = {
  CommonJS: ['--no-experimental-require-module'],
  ESM: [],
}
