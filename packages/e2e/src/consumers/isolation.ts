import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compilerOptions } from './compiler-options.js'
import type { Installation } from './installation.js'
import type { ProjectPlan } from './project.js'
import { type Published, published } from './tarballs.js'

/** What the workspace has for itself: in its root, or as a dev dependency of a package. */
const undeclared = [
  'typescript',
  'vitest',
  'fast-check',
  '@types/node/package.json',
  'supertest',
  'express4',
  '@scalegate/emulator',
]

const packed = (name: Published): readonly string[] => [
  ...(name === 'testing' ? ['AUDITED-APP.md'] : []),
  'LICENSE',
  'README.md',
  'dist',
  'package.json',
]

/** All that comes with a package. Each line here is code of somebody else that runs in front of customers. */
const dependencies: Readonly<Record<Published, readonly string[]>> = {
  core: ['cookie', 'iron-session', 'jose', 'zod'],
  express: ['@scalegate/core', 'on-headers'],
  hono: ['@scalegate/core'],
  next: ['@scalegate/core'],
  plugins: ['@scalegate/core'],
  redis: ['@scalegate/core'],
  browser: [],
  testing: ['@scalegate/core', 'fast-check', 'jose', 'tough-cookie'],
  emulator: ['@hono/node-server', 'hono', 'jose', 'oidc-provider', 'yaml'],
}

interface Broken {
  readonly name: Published
  readonly alter: (folder: string) => void
  /** What the project asks for. */
  readonly asks: string
  readonly error: RegExp
}

const broken: readonly (readonly [string, Broken])[] = [
  ['a dependency', lacking('express', 'dependencies', 'on-headers')],
  ['the dependency on core', lacking('next', 'dependencies', '@scalegate/core')],
  ['a peer', lacking('hono', 'peerDependencies', 'hono')],
  [
    'an entry of its exports',
    {
      name: 'express',
      alter: without('exports', './no-augment'),
      asks: '@scalegate/express/no-augment',
      error: /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    },
  ],
  [
    'a file of an entry',
    {
      name: 'core',
      alter: (folder) => rmSync(join(folder, 'dist/permissions.js')),
      asks: '@scalegate/core/permissions',
      error: /Cannot find module '.*permissions\.js'/,
    },
  ],
]

/** That the other tests can fail at all: nothing is found that was not declared and packed. */
export function isolation(installed: () => Installation): void {
  describe('a project', () => {
    it('finds what it has installed, and nothing of the workspace', async () => {
      const project = installed().project('lonely', { type: 'module', installs: ['@scalegate/core'], files: {} })
      expect(await found(installed(), project.folder, ['@scalegate/core', ...undeclared])).toEqual(['@scalegate/core'])
    })

    it.each(published)('gets a @scalegate/%s that finds what it declares, and nothing else', async (name) => {
      const folder = installed().store.locate(`@scalegate/${name}`)
      const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      // That it finds what it declares, the apps show; here it is the rest.
      const others = undeclared.filter((other) => !(other in dependencies) && other !== `@scalegate/${name}`)
      expect(await found(installed(), join(folder, 'dist'), others)).toEqual([])
    })

    it.each(published)(
      'SEC-375 gets of @scalegate/%s what is run and read, and nothing that runs at install',
      (name) => {
        const folder = installed().store.locate(`@scalegate/${name}`)
        const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
        expect(
          readdirSync(folder)
            .filter((entry) => entry !== 'node_modules')
            .toSorted(),
        ).toEqual(packed(name))
        const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
        expect(files.filter((file) => /\.test\.|\.tsbuildinfo$|\.env/.test(file))).toEqual([])
        expect(Object.keys(manifest.scripts ?? {}).filter((script) => /install|prepare/.test(script))).toEqual([])
        expect(Object.keys(manifest.dependencies ?? {}).toSorted()).toEqual(dependencies[name])
        expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true })
      },
    )

    it.each(broken)('notices a package without %s', async (label, { name, alter, asks, error }) => {
      const shelf = `${name} without ${label}`
      const place = installed().store.shelve(name, shelf, alter)
      const project = installed().project(shelf, {
        type: 'module',
        installs: [[`@scalegate/${name}`, place], ...(name === 'next' ? ['next', 'react'] : [])],
        files: { 'app.js': `import '${asks}'` },
      })
      const { code, output } = await project.node(['app.js'])
      expect(code).toBe(1)
      expect(output).toMatch(error)
    })

    it('notices a package without a declaration file', async () => {
      const place = installed().store.shelve('core', 'core without declarations', (folder) =>
        rmSync(join(folder, 'dist/permissions.d.ts')),
      )
      const project = installed().project('without-declarations', {
        type: 'module',
        installs: [['@scalegate/core', place], 'typescript'],
        files: {
          'app.ts': `import { hasPermission } from '@scalegate/core/permissions'\nexport { hasPermission }\n`,
          'tsconfig.json': { compilerOptions: { ...compilerOptions.nodenext, types: [] }, include: ['app.ts'] },
        },
      })
      expect(await project.compile()).toMatch(/TS7016: .*'@scalegate\/core\/permissions'/)
    })
  })
}

const lookUp = `
const { createRequire } = require('node:module')
const [folder, ...names] = process.argv.slice(2)
const from = createRequire(folder + '/file.js')
const found = names.filter((name) => {
  try {
    return from.resolve(name)
  } catch {
    return false
  }
})
console.log(JSON.stringify(found))
`

/** What of these a file in the folder finds. Asked by a process of its own: pnpm gives ours a NODE_PATH that finds all. */
async function found(installation: Installation, folder: string, names: readonly string[]): Promise<unknown> {
  const plan: ProjectPlan = { type: 'commonjs', installs: [], files: { 'look-up.js': lookUp } }
  const { output } = await installation.project('look-up', plan).node(['look-up.js', folder, ...names])
  return JSON.parse(output)
}

function lacking(name: Published, part: 'dependencies' | 'peerDependencies', needed: string): Broken {
  const error = new RegExp(`Cannot find package '${needed}'`)
  return { name, alter: without(part, needed), asks: `@scalegate/${name}`, error }
}

/** Leaves a member of a manifest out. */
function without(part: 'dependencies' | 'peerDependencies' | 'exports', member: string): (folder: string) => void {
  return (folder) => {
    const file = join(folder, 'package.json')
    const manifest = JSON.parse(readFileSync(file, 'utf8'))
    if (!(member in manifest[part])) throw new Error(`${file} has no ${member}.`)
    delete manifest[part][member]
    writeFileSync(file, JSON.stringify(manifest))
  }
}
