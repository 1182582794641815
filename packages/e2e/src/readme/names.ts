import { describe, expect, it } from 'vitest'
import { browserLib, compilerOptions } from '../consumers/compiler-options.js'
import type { Installation } from '../consumers/installation.js'
import { published } from '../consumers/tarballs.js'
import { after, before } from './diff.js'
import { Document, type Fence, userDocuments } from './document.js'

/** The adapter that a document is about. The others speak of all three. */
const aboutOne: Readonly<Record<string, string>> = {
  'packages/express/README.md': 'Express',
  'packages/hono/README.md': 'Hono',
  'packages/next/README.md': 'Next',
  'docs/tutorials/express.md': 'Express',
  'docs/tutorials/hono.md': 'Hono',
  'docs/tutorials/next.md': 'Next',
}

const prelude = `
import type { scalegate as express } from '@scalegate/express'
import type { scalegate as hono } from '@scalegate/hono'
import type { scalegate as next } from '@scalegate/next'

export type Express = keyof ReturnType<typeof express>
export type Hono = keyof ReturnType<typeof hono>
export type Next = keyof ReturnType<typeof next>
export type Any = Express | Hono | Next | Plugins
type Plugins = 'organizations' | 'members' | 'adminPortal' | 'sso' | 'directory' | 'sessions'
export type { ScalekitPermission } from '@scalegate/core'
`

/** What code names that is not run: a compiler says whether the packages have it. */
export function documentNames(installed: () => Installation): void {
  describe('the packages', () => {
    it('have everything that the documents name', async () => {
      const documents = userDocuments.map((path) => [`${path}.ts`, namesOf(new Document(path))] as const)
      const project = installed().project('names', {
        type: 'module',
        installs: [...published.map((name) => `@scalegate/${name}`), ...['typescript', '@types/node', '@types/react']],
        files: {
          'prelude.ts': prelude,
          ...Object.fromEntries(documents),
          'tsconfig.json': {
            compilerOptions: { ...compilerOptions.bundler, lib: browserLib, skipLibCheck: true, noEmit: true },
            include: ['**/*.ts'],
          },
        },
      })
      expect(
        Object.values(Object.fromEntries(documents))
          .join('')
          .match(/satisfies/g)?.length,
      ).toBeGreaterThan(50)
      expect(await project.compile()).toBe('')
    })
  })
}

/** A module that compiles if every name is right. Its own name is that of the document, so that the compiler says it. */
function namesOf(document: Document): string {
  const code = codeOf(document.fences)
  // Marked files are run, and one of them has an `auth` of its own.
  const unmarked = codeOf(document.fences.filter(({ mark }) => mark === undefined))
  const members = [
    ...matches(unmarked, /(?<![\w./])auth\.(\w+)/g),
    ...matches(document.prose, /`(?:await )?auth\.(\w+)/g),
  ]
  const permissions = matches(code, /['"`](sk_\w+)['"`]/g)
  return [
    `import type * as kit from '${'../'.repeat(document.path.split('/').length - 1) || './'}prelude.js'`,
    ...[...new Set(members)].map((name) => `'${name}' satisfies kit.${aboutOne[document.path] ?? 'Any'}`),
    ...[...new Set(permissions)].map((name) => `'${name}' satisfies kit.ScalekitPermission`),
    ...importsOf(code),
  ].join('\n')
}

/** What is imported from the packages, each under a name of its own, because fences import the same again. */
function importsOf(code: string): readonly string[] {
  const imports = code.matchAll(
    /(?:import|var|const|let) (?:type )?\{([^}]*)\} (?:from|= require\() ?['"](@scalegate\/[^'"]+)['"]/g,
  )
  const all = [...imports].flatMap(([, names = '', from]) =>
    names.split(',').map(
      (name) =>
        `{ ${
          name
            .trim()
            .replace(/^type /, '')
            .split(/ as |:/)[0]
        } as name } from '${from}'`,
    ),
  )
  return [...new Set(all)].map((one, n) => `import type ${one.replace(' as name ', ` as name${n} `)}`)
}

function codeOf(fences: readonly Fence[]): string {
  return fences.flatMap(({ language, code }) => (language === 'diff' ? [before(code), after(code)] : [code])).join('\n')
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found ?? '')
}
