import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testing } from './apps/testing.js'
import { compilerOptions } from './compiler-options.js'
import type { Installation } from './installation.js'
import { nodeFlags } from './module-systems.js'

const installs = ['@scalegate/testing', '@scalegate/emulator', 'typescript', '@types/node']

/**
 * What the tests of somebody's app install. That their cookies let people in is seen wherever an app is: every one of
 * them was forged by this package.
 */
export function testingConsumers(installed: () => Installation): void {
  describe('@scalegate/testing and @scalegate/emulator', () => {
    it.each([
      ['ESM', 'module'],
      ['CommonJS', 'commonjs'],
    ] as const)('compile in a TypeScript project (nodenext, %s), and run', async (system, type) => {
      const project = installed().project(`testing-${system}`, {
        type,
        installs,
        files: {
          'tools.ts': testing,
          'tsconfig.json': { compilerOptions: compilerOptions.nodenext, include: ['tools.ts'] },
        },
      })
      expect(await project.compile()).toBe('')
      const { code, output } = await project.node([...nodeFlags[system], 'dist/tools.js'])
      expect(code, output).toBe(0)
      expect(JSON.parse(output)).toMatchObject({ cookie: 'scalegate', token: 3, audits: 'object', client: true })
    })

    it('bring the program scalegate-emulator', async () => {
      const project = installed().project('emulator', {
        type: 'commonjs',
        installs: ['@scalegate/emulator'],
        files: {},
      })
      const folder = join(project.folder, 'node_modules/@scalegate/emulator')
      const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const program = join(folder, bin['scalegate-emulator'])
      const emulator = await installed().started(project.start([program, '--quiet', '--port', '$PORT']))
      const issuer = emulator.origin.replace('127.0.0.1', 'localhost')
      const metadata = await fetch(`${issuer}/.well-known/openid-configuration`)
      expect(await metadata.json()).toMatchObject({ issuer })
    })
  })
}
