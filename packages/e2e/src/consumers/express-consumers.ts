import { describe, expect, it } from 'vitest'
import { javascript, typescript, withoutAugmentation } from './apps/express.js'
import { compilerOptions } from './compiler-options.js'
import type { Installation } from './installation.js'
import { nodeFlags } from './module-systems.js'
import { expectGuarded } from './visits.js'

const installs = ['@scalegate/express', '@scalegate/core', 'express']
const typedInstalls = [...installs, 'typescript', '@types/express', '@types/node']

/** What somebody does who installs `@scalegate/express`. */
export function expressConsumers(installed: () => Installation): void {
  describe('@scalegate/express', () => {
    it.each([
      ['CommonJS, by require', 'CommonJS', 'app.cjs'],
      ['ESM', 'ESM', 'app.mjs'],
    ] as const)('answers a project in %s', async (_label, system, file) => {
      const files = { [file]: javascript[system] }
      const project = installed().project(`express-${system}`, { type: 'commonjs', installs, files })
      const app = await installed().started(project.start([...nodeFlags[system], file]))
      await expectGuarded(app, '/members', await installed().forger.cookieFor(app, system))
    })

    it.each([
      ['nodenext, ESM', 'express-nodenext-esm', 'module', 'ESM', compilerOptions.nodenext, typescript],
      ['nodenext, CommonJS', 'express-nodenext-cjs', 'commonjs', 'CommonJS', compilerOptions.nodenext, typescript],
      ['bundler', 'express-bundler', 'module', 'ESM', compilerOptions.bundler, typescript],
      [
        'nodenext, without types of req.auth',
        'express-own-req-auth',
        'module',
        'ESM',
        // The rows above have checked the same declarations.
        { ...compilerOptions.nodenext, skipLibCheck: true },
        withoutAugmentation,
      ],
    ] as const)(
      'compiles in a TypeScript project (%s), and answers',
      async (_label, name, type, system, options, source) => {
        const files = { 'app.ts': source, 'tsconfig.json': { compilerOptions: options, include: ['app.ts'] } }
        const project = installed().project(name, { type, installs: typedInstalls, files })
        expect(await project.compile()).toBe('')
        const app = await installed().started(project.start([...nodeFlags[system], 'dist/app.js']))
        await expectGuarded(app, '/members', await installed().forger.cookieFor(app, system))
      },
    )
  })
}
