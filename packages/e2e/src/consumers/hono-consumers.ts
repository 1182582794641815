import { describe, expect, it } from 'vitest'
import { javascript, typescript } from './apps/hono.js'
import { browserLib, compilerOptions } from './compiler-options.js'
import type { Installation } from './installation.js'
import { nodeFlags } from './module-systems.js'
import { expectGuarded } from './visits.js'

const installs = ['@scalegate/hono', 'hono', '@hono/node-server']

/** What somebody does who installs `@scalegate/hono`. */
export function honoConsumers(installed: () => Installation): void {
  describe('@scalegate/hono', () => {
    it.each([
      ['ESM', 'app.mjs'],
      ['CommonJS', 'app.cjs'],
    ] as const)('answers a project in %s', async (system, file) => {
      const files = { [file]: javascript[system] }
      const project = installed().project(`hono-${system}`, { type: 'commonjs', installs, files })
      const app = await installed().started(project.start([...nodeFlags[system], file]))
      await expectGuarded(app, '/members', await installed().forger.cookieFor(app, system))
    })

    it('compiles in a TypeScript project (nodenext), and answers', async () => {
      const files = {
        'app.ts': typescript,
        // Hono's own declarations name things of a browser.
        'tsconfig.json': { compilerOptions: { ...compilerOptions.nodenext, lib: browserLib }, include: ['app.ts'] },
      }
      const typedInstalls = [...installs, 'typescript', '@types/node']
      const project = installed().project('hono-nodenext', { type: 'module', installs: typedInstalls, files })
      expect(await project.compile()).toBe('')
      const app = await installed().started(project.start(['dist/app.js']))
      await expectGuarded(app, '/members', await installed().forger.cookieFor(app, 'ESM'))
    })
  })
}
